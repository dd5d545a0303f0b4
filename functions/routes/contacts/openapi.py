"""What the OpenAPI document says of this room's operations."""

from __future__ import annotations

from functions.routes.contacts import models, preference_models
from functions.routes.http.operation_doc import OperationDoc

OPERATION_DOCS = {
    "list_subscription_definitions": OperationDoc(
        "Every subscription type", preference_models.SubscriptionDefinitionsResponse
    ),
    "get_subscription_status": OperationDoc(
        "Where an address stands with each subscription type", preference_models.PublicSubscriptionStatusesResponse
    ),
    "subscribe_contact": OperationDoc(
        "Subscribe an address to a subscription type; 400 for who unsubscribed by themselves",
        preference_models.PublicSubscriptionStatus,
        preference_models.PublicUpdateSubscriptionStatusRequest,
    ),
    "unsubscribe_contact": OperationDoc(
        "Unsubscribe an address from a subscription type",
        preference_models.PublicSubscriptionStatus,
        preference_models.PublicUpdateSubscriptionStatusRequest,
    ),
    "create_subscription_type": OperationDoc(
        "Make a subscription type",
        preference_models.SubscriptionDefinition,
        preference_models.SubscriptionTypeCreateRequest,
    ),
    "list_subscription_types": OperationDoc("Every subscription type", preference_models.SubscriptionTypeList),
    "update_subscription_type": OperationDoc(
        "Change a subscription type, or end its use",
        preference_models.SubscriptionDefinition,
        preference_models.SubscriptionTypeChangeRequest,
    ),
    "lift_quarantine": OperationDoc(
        "Mail an address again that bounced: ours and SES's suppression list forget it; 404 where no bounce keeps mail from it",
        None,
    ),
    "get_unsubscribe_page": OperationDoc(
        "The page that an unsubscribe link leads to: it changes nothing",
        None,
        query=preference_models.UnsubscribeQuery,
        page=True,
    ),
    "unsubscribe": OperationDoc(
        "What that page's button, and a mail program's own (RFC 8058), ask for",
        None,
        query=preference_models.UnsubscribeQuery,
        page=True,
    ),
    "get_contact": OperationDoc("What is known of one person; 404 of who was erased", models.ContactView),
    "erase_contact": OperationDoc(
        "Forget one person: their messages are nobody's, their contact and events go, the counters stay",
        models.ErasureView,
    ),
}
