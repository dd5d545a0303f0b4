"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.emails import models, preview_models
from functions.routes.http.operation_doc import IF_MATCH, OperationDoc
from functions.routes.templates import models as templates_models

OPERATION_DOCS = {
    "list_emails": OperationDoc("Emails, those that are not archived", models.EmailList, query=models.EmailListQuery),
    "create_email": OperationDoc("Make an email", models.EmailView, models.EmailCreateRequest),
    "get_email": OperationDoc(
        "The live email; the draft of one that is not published", models.EmailView, query=models.EmailQuery
    ),
    "update_email": OperationDoc(
        "Change the email's draft: what is sent changes when it is published",
        models.EmailView,
        models.EmailUpdateRequest,
        headers=[IF_MATCH],
    ),
    "archive_email": OperationDoc("Archive an email: it is listed and sent no more", None, headers=[IF_MATCH]),
    "clone_email": OperationDoc("Make an email with the same draft", models.EmailView, models.EmailCloneRequest),
    "publish_email": OperationDoc("Check and compile the draft, and send it from now on", None, headers=[IF_MATCH]),
    "unpublish_email": OperationDoc("Accept no more sends of an email; accepted ones go out", None, headers=[IF_MATCH]),
    "get_draft": OperationDoc("What would be published", models.EmailView),
    "update_draft": OperationDoc("Change the draft", models.EmailView, models.EmailUpdateRequest, headers=[IF_MATCH]),
    "reset_draft": OperationDoc("Make the draft what was published last", None, headers=[IF_MATCH]),
    "list_revisions": OperationDoc(
        "What was published, the latest first", models.EmailVersionList, query=models.VersionListQuery
    ),
    "get_revision": OperationDoc("What was published as one revision", models.EmailVersion),
    "restore_revision": OperationDoc("Publish an earlier revision anew, under a new number", None, headers=[IF_MATCH]),
    "restore_revision_to_draft": OperationDoc(
        "Make the draft what was published as one revision", models.EmailView, headers=[IF_MATCH]
    ),
    "create_variation": OperationDoc(
        "Make the B of an A/B test, a copy of the A's draft", models.EmailView, models.VariationCreateRequest
    ),
    "get_variation": OperationDoc("The other email of an A/B test", models.EmailView),
    "get_email_contract": OperationDoc(
        "Which properties the published email asks a send for", templates_models.EmailContract
    ),
    "check_email": OperationDoc(
        "What publishing the draft would say, without publishing it", templates_models.EmailCheck
    ),
    "preview_email": OperationDoc(
        "What an email reads like: its draft or a published revision, for a contact or with given or sample data",
        preview_models.EmailPreview,
        preview_models.EmailPreviewRequest,
        preview_models.EmailPreviewQuery,
    ),
    "send_test_email": OperationDoc(
        "Send an email, its draft too, to up to 10 addresses: marked, and outside of the statistics",
        preview_models.EmailTest,
        preview_models.EmailTestRequest,
    ),
    "diff_email": OperationDoc(
        "What differs between two revisions, or one and the draft, as both read with the same data",
        preview_models.EmailDiff,
        query=preview_models.EmailDiffQuery,
    ),
}
