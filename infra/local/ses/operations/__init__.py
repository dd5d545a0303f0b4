"""One handler per sesv2 operation: API parameters in, API answer out, over the account's state."""

from collections.abc import Mapping

from infra.local.ses.operations import account, configuration_sets, identities, pools, suppression, tags
from infra.local.ses.operations.wire import Handler

HANDLERS: Mapping[str, Handler] = {
    **account.HANDLERS,
    **configuration_sets.HANDLERS,
    **identities.HANDLERS,
    **pools.HANDLERS,
    **suppression.HANDLERS,
    **tags.HANDLERS,
}
