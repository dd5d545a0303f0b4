"""This room's part of the OpenAPI document."""

from __future__ import annotations

from functions.routes.contacts import import_models, list_models, models, property_models, record_models
from functions.routes.contacts.subscriptions import legacy_models, status_models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "list_subscription_definitions": OperationDoc(
        "List the subscription types", models.SubscriptionDefinitionsResponse
    ),
    "get_subscription_status": OperationDoc(
        "Get an address's status for each subscription type", models.PublicSubscriptionStatusesResponse
    ),
    "subscribe_contact": OperationDoc(
        "Subscribe an address to a subscription type; 400 if the person unsubscribed",
        models.PublicSubscriptionStatus,
        models.PublicUpdateSubscriptionStatusRequest,
    ),
    "unsubscribe_contact": OperationDoc(
        "Unsubscribe an address from a subscription type",
        models.PublicSubscriptionStatus,
        models.PublicUpdateSubscriptionStatusRequest,
    ),
    "resubscribe_contact": OperationDoc(
        "Subscribe an address to a subscription type, also after the person unsubscribed",
        models.PublicSubscriptionStatus,
        models.PublicUpdateSubscriptionStatusRequest,
    ),
    "list_definitions": OperationDoc(
        "List the subscription types by their numbers",
        status_models.DefinitionResults,
        query=status_models.DefinitionsQuery,
    ),
    "generate_links": OperationDoc(
        "Make links to a contact's preferences, for your own pages",
        status_models.LinkGenerationResponse,
        status_models.LinkGenerationRequest,
        status_models.ChannelQuery,
    ),
    "get_statuses": OperationDoc(
        "Get a contact's status for each subscription type",
        status_models.StatusResults,
        query=status_models.ChannelQuery,
    ),
    "update_status": OperationDoc(
        "Subscribe a contact, also one who unsubscribed, or unsubscribe it; 400 if the contact reported spam",
        status_models.StatusResults,
        status_models.PartialStatusRequest,
    ),
    "get_unsubscribe_all_status": OperationDoc(
        "Whether a contact unsubscribed from all mail but transactional mail",
        status_models.WideStatusResults,
        query=status_models.ChannelQuery,
    ),
    "unsubscribe_all": OperationDoc(
        "Unsubscribe a contact from all mail but transactional mail",
        status_models.StatusResults,
        query=status_models.UnsubscribeAllQuery,
    ),
    "read_statuses": OperationDoc(
        "Get the statuses of up to 100 contacts",
        status_models.ContactStatusResults,
        status_models.AddressBatchRequest,
        status_models.ChannelQuery,
    ),
    "write_statuses": OperationDoc(
        "Subscribe or unsubscribe up to 100 contacts; one wrong input refuses them all",
        status_models.StatusResults,
        status_models.StatusBatchRequest,
    ),
    "unsubscribe_all_contacts": OperationDoc(
        "Unsubscribe up to 100 contacts from all mail but transactional mail",
        status_models.ContactStatusResults,
        status_models.AddressBatchRequest,
        status_models.UnsubscribeAllQuery,
    ),
    "read_unsubscribe_all_statuses": OperationDoc(
        "Which of up to 100 contacts unsubscribed from all mail but transactional mail",
        status_models.ContactWideStatusResults,
        status_models.AddressBatchRequest,
        status_models.ChannelQuery,
    ),
    "list_email_subscription_types": OperationDoc(
        "List the subscription types by their numbers, as in HubSpot's v1 API", legacy_models.LegacySubscriptionTypes
    ),
    "list_subscription_changes": OperationDoc(
        "List changes of subscriptions that mail caused, as in HubSpot's v1 API; changes over the API are in the audit log",
        legacy_models.SubscriptionTimeline,
        query=legacy_models.TimelineQuery,
    ),
    "get_email_subscriptions": OperationDoc(
        "Get an address's subscriptions, as in HubSpot's v1 API", legacy_models.LegacySubscriptions
    ),
    "update_email_subscriptions": OperationDoc(
        "Unsubscribe an address from types or from all mail, or subscribe it to types, as in HubSpot's v1 API; 400 if the person unsubscribed",
        legacy_models.LegacyUpdateView,
        legacy_models.LegacySubscriptionsRequest,
    ),
    "create_subscription_type": OperationDoc(
        "Create a subscription type",
        models.SubscriptionDefinition,
        models.SubscriptionTypeCreateRequest,
    ),
    "list_subscription_types": OperationDoc("List the subscription types", models.SubscriptionTypeList),
    "update_subscription_type": OperationDoc(
        "Change or deactivate a subscription type",
        models.SubscriptionDefinition,
        models.SubscriptionTypeChangeRequest,
    ),
    "lift_quarantine": OperationDoc(
        "Lift the quarantine of a bounced address, and remove it from SES's suppression list; 404 if it is not in quarantine",
        models.LiftedQuarantineView,
    ),
    "get_unsubscribe_page": OperationDoc(
        "The page of an unsubscribe link. It changes nothing",
        None,
        query=models.UnsubscribeQuery,
        page=True,
    ),
    "check_unsubscribe_link": OperationDoc(
        "Whether an unsubscribe link works: the answer of its page, without the page",
        None,
        query=models.UnsubscribeQuery,
        page=True,
    ),
    "unsubscribe": OperationDoc(
        "Unsubscribe or resubscribe: from the page, or by a mail program's own button (RFC 8058)",
        None,
        query=models.UnsubscribeQuery,
        page=True,
    ),
    "get_contact": OperationDoc("Get a contact; 404 if it was erased", models.ContactView),
    "erase_contact": OperationDoc(
        "Erase a person: their messages are anonymised, their contact and events are deleted, the counters stay; "
        "again: its progress; 404 if no contact and no message has the address",
        models.ErasureView,
    ),
    "list_contacts": OperationDoc(
        "List the contacts, in no order; each page scans a part of the table",
        record_models.ContactRecordPage,
        query=record_models.RecordListQuery,
    ),
    "create_contact": OperationDoc(
        "Create a contact; 409 with its id if there is one of the address",
        record_models.ContactRecordView,
        record_models.RecordCreateRequest,
    ),
    "get_contact_record": OperationDoc(
        "Get a contact by its id or its address", record_models.ContactRecordView, query=record_models.RecordQuery
    ),
    "update_contact": OperationDoc(
        "Change properties of a contact; an empty value clears one",
        record_models.ContactRecordView,
        record_models.RecordUpdateRequest,
        record_models.IdPropertyQuery,
    ),
    "archive_contact": OperationDoc(
        "Archive a contact. Its decisions still count", None, query=record_models.IdPropertyQuery
    ),
    "search_contacts": OperationDoc(
        "Search contacts by filters",
        record_models.ContactSearchPage,
        record_models.ContactSearchRequest,
    ),
    "merge_contacts": OperationDoc(
        "Merge a contact into another one, which gets the values and the opt-outs that it lacks",
        record_models.ContactRecordView,
        record_models.MergeRequest,
    ),
    "gdpr_delete_contact": OperationDoc(
        "Erase a person, as DELETE /staffetta/v1/contacts/{email} does", None, record_models.GdprDeleteRequest
    ),
    "batch_create_contacts": OperationDoc(
        "Create up to 100 contacts; 207 if some inputs failed",
        record_models.ContactBatchResponse,
        record_models.BatchCreateRequest,
        partly=record_models.ContactBatchResponse,
    ),
    "batch_read_contacts": OperationDoc(
        "Read up to 100 contacts; 207 if some do not exist",
        record_models.ContactBatchResponse,
        record_models.BatchReadRequest,
        partly=record_models.ContactBatchResponse,
    ),
    "batch_update_contacts": OperationDoc(
        "Change up to 100 contacts; 207 if some inputs failed",
        record_models.ContactBatchResponse,
        record_models.BatchUpdateRequest,
        partly=record_models.ContactBatchResponse,
    ),
    "batch_upsert_contacts": OperationDoc(
        "Create or change up to 100 contacts by their addresses; 207 if some inputs failed",
        record_models.ContactBatchResponse,
        record_models.BatchUpsertRequest,
        partly=record_models.ContactBatchResponse,
    ),
    "batch_archive_contacts": OperationDoc(
        "Archive up to 100 contacts; 207 if some inputs failed",
        None,
        record_models.BatchArchiveRequest,
        partly=record_models.ContactBatchResponse,
    ),
    "list_contact_properties": OperationDoc("List the properties of contacts", property_models.PropertyList),
    "get_contact_property": OperationDoc("Get a property of contacts", property_models.PropertyView),
    "create_contact_property": OperationDoc(
        "Define a property of contacts", property_models.PropertyView, property_models.PropertyCreateRequest
    ),
    "update_contact_property": OperationDoc(
        "Change a property of contacts; stored values stay",
        property_models.PropertyView,
        property_models.PropertyUpdateRequest,
    ),
    "delete_contact_property": OperationDoc("Delete a property of contacts; stored values stay", None),
    "create_list": OperationDoc(
        "Create a list of contacts, whose members actors choose, or filters",
        list_models.ListAnswer,
        list_models.ListCreateRequest,
    ),
    "list_lists": OperationDoc("List the lists of contacts", list_models.ListsAnswer, query=list_models.ListIdsQuery),
    "get_list": OperationDoc("Get a list of contacts", list_models.ListAnswer, query=list_models.ListQuery),
    "get_list_by_name": OperationDoc(
        "Get a list of contacts by its name, in any case", list_models.ListAnswer, query=list_models.ListQuery
    ),
    "search_lists": OperationDoc(
        "Search the lists of contacts by name", list_models.ListSearchAnswer, list_models.ListSearchRequest
    ),
    "rename_list": OperationDoc(
        "Rename a list of contacts", list_models.ListUpdateAnswer, query=list_models.ListRenameQuery
    ),
    "update_list_filters": OperationDoc(
        "Change the filters of a dynamic list, and evaluate it again",
        list_models.ListUpdateAnswer,
        list_models.ListFiltersRequest,
    ),
    "evaluate_list": OperationDoc(
        "Evaluate a dynamic list: contacts that pass its filters join, and the others leave", list_models.ListAnswer
    ),
    "delete_list": OperationDoc("Delete a list of contacts. Its members stay for a restore", None),
    "restore_list": OperationDoc("Restore a deleted list of contacts", None),
    "list_list_members": OperationDoc(
        "List the members of a list, in no order", list_models.MembershipPage, query=list_models.MembershipQuery
    ),
    "clear_list": OperationDoc("Remove every member of a list", None),
    "add_list_members": OperationDoc(
        "Add contacts to a list: the body is a JSON array of at most 500 ids", list_models.MembershipChangeView
    ),
    "remove_list_members": OperationDoc(
        "Remove contacts from a list: the body is a JSON array of at most 500 ids", list_models.MembershipChangeView
    ),
    "change_list_members": OperationDoc(
        "Remove contacts from a list, and add others",
        list_models.MembershipChangeView,
        list_models.MembershipChangeRequest,
    ),
    "add_list_members_from": OperationDoc("Add the members of another list", None),
    "list_record_lists": OperationDoc("List the lists of a contact", list_models.RecordListsAnswer),
    "list_imports": OperationDoc(
        "List the imports, the newest first", import_models.ImportPageView, query=import_models.ImportListQuery
    ),
    "create_import": OperationDoc(
        "Import contacts from a CSV file, as multipart/form-data with importRequest and files",
        import_models.ImportView,
    ),
    "create_import_of_upload": OperationDoc(
        "Import contacts from a CSV file that was uploaded", import_models.ImportView, import_models.ImportCreateRequest
    ),
    "get_import": OperationDoc("Get an import and its progress", import_models.ImportView),
    "cancel_import": OperationDoc("Cancel an import: imported lines stay", import_models.ImportActionView),
    "list_import_errors": OperationDoc(
        "List the lines that were not imported, with the reason of each",
        import_models.ImportErrorsView,
        query=import_models.ImportErrorsQuery,
    ),
}
