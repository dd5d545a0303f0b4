"""One handler per sesv2 operation: takes the API's parameters, changes the account's state, returns the API's response."""

from collections.abc import Mapping

from infra.local.ses.api.operations import account, configuration_sets, identities, pools, suppression, tags
from infra.local.ses.api.operations.wire import Handler

HANDLERS: Mapping[str, Handler] = {
    **account.HANDLERS,
    **configuration_sets.HANDLERS,
    **identities.HANDLERS,
    **pools.HANDLERS,
    **suppression.HANDLERS,
    **tags.HANDLERS,
}
