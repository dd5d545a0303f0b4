"""Configuration sets, their option groups and their event destinations."""

import re
from functools import partial

from infra.local.ses.account import BUILT_IN_POOLS, JSON, ConfigurationSet, SimulatedAccount
from infra.local.ses.api.operations.wire import Handler, check_tags, page, tags_in, tags_out
from infra.local.ses.errors import SesError, already_exists, bad_request, not_found

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MAX_DESTINATIONS = 10
KINDS = {
    "CloudWatchDestination",
    "EventBridgeDestination",
    "KinesisFirehoseDestination",
    "PinpointDestination",
    "SnsDestination",
}
GROUPS = (
    "TrackingOptions",
    "DeliveryOptions",
    "ReputationOptions",
    "SendingOptions",
    "SuppressionOptions",
    "VdmOptions",
    "ArchivingOptions",
    "MessageSecurityOptions",
)
DEFAULTS: dict[str, JSON] = {
    "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
    "ReputationOptions": {"ReputationMetricsEnabled": False},
    "SendingOptions": {"SendingEnabled": True},
}


def create(account: SimulatedAccount, params: JSON) -> JSON:
    name = _check_name(params["ConfigurationSetName"], "Configuration set")
    if name in account.configuration_sets:
        raise already_exists(f"Configuration set <{name}> already exists.")
    options = {group: params[group] for group in GROUPS if group in params}
    for group, values in options.items():
        _check_options(account, group, values)
    created = ConfigurationSet(name, DEFAULTS | options, tags=tags_in(params))
    check_tags(created.tags)
    account.configuration_sets[name] = created
    return {}


def get(account: SimulatedAccount, params: JSON) -> JSON:
    configuration_set = account.configuration_set(params["ConfigurationSetName"])
    return {
        "ConfigurationSetName": configuration_set.name,
        **configuration_set.options,
        "Tags": tags_out(configuration_set.tags),
    }


def list_all(account: SimulatedAccount, params: JSON) -> JSON:
    return page("ConfigurationSets", list(account.configuration_sets), params)


def delete(account: SimulatedAccount, params: JSON) -> JSON:
    del account.configuration_sets[account.configuration_set(params["ConfigurationSetName"]).name]
    return {}


def put_options(account: SimulatedAccount, params: JSON, *, group: str) -> JSON:
    """Replaces a whole group: a member that is not in the request gets its default.

    Some calls have the members themselves, others nest them under the group's name.
    """
    configuration_set = account.configuration_set(params["ConfigurationSetName"])
    members = {key: value for key, value in params.items() if key != "ConfigurationSetName"}
    values = members.get(group, members)
    _check_options(account, group, values)
    configuration_set.options = configuration_set.options | {group: DEFAULTS.get(group, {}) | values}
    return {}


def create_destination(account: SimulatedAccount, params: JSON) -> JSON:
    configuration_set = account.configuration_set(params["ConfigurationSetName"])
    name = _check_name(params["EventDestinationName"], "Event destination")
    if name in configuration_set.destinations:
        raise already_exists(
            f"An event destination with name <{name}> already exists for configuration set <{configuration_set.name}>."
        )
    if len(configuration_set.destinations) >= MAX_DESTINATIONS:
        raise SesError(
            "LimitExceededException",
            f"Limit of {MAX_DESTINATIONS} event destinations exceeded for <{configuration_set.name}>.",
        )
    configuration_set.destinations[name] = _destination(params["EventDestination"])
    return {}


def update_destination(account: SimulatedAccount, params: JSON) -> JSON:
    configuration_set, name = _existing_destination(account, params)
    configuration_set.destinations[name] = _destination(params["EventDestination"])
    return {}


def delete_destination(account: SimulatedAccount, params: JSON) -> JSON:
    configuration_set, name = _existing_destination(account, params)
    del configuration_set.destinations[name]
    return {}


def get_destinations(account: SimulatedAccount, params: JSON) -> JSON:
    configuration_set = account.configuration_set(params["ConfigurationSetName"])
    return {"EventDestinations": [{"Name": name, **values} for name, values in configuration_set.destinations.items()]}


def _check_name(name: str, what: str) -> str:
    if not NAME.fullmatch(name):
        raise bad_request(f"{what} name <{name}> is invalid: use 1 to 64 of A-Z, a-z, 0-9, _ and -.")
    return name


def _check_options(account: SimulatedAccount, group: str, values: JSON) -> None:
    pool = values.get("SendingPoolName")
    if group == "DeliveryOptions" and pool and pool not in {*account.pools, *BUILT_IN_POOLS}:
        raise bad_request(f"Sending pool <{pool}> does not exist.")
    domain = values.get("CustomRedirectDomain")
    if group == "TrackingOptions" and domain and account.sender(f"tracking@{domain}") is None:
        raise bad_request(f"The tracking domain <{domain}> is not verified, nor is a domain above it.")


def _destination(definition: JSON) -> JSON:
    if len(KINDS & definition.keys()) != 1:
        raise bad_request(f"An event destination needs exactly one of {', '.join(sorted(KINDS))}.")
    if not definition.get("MatchingEventTypes"):
        raise bad_request("An event destination needs at least one matching event type.")
    return {"Enabled": False} | definition


def _existing_destination(account: SimulatedAccount, params: JSON) -> tuple[ConfigurationSet, str]:
    configuration_set, name = account.configuration_set(params["ConfigurationSetName"]), params["EventDestinationName"]
    if name not in configuration_set.destinations:
        raise not_found(f"No event destination found for <{name}> in configuration set <{configuration_set.name}>.")
    return configuration_set, name


HANDLERS: dict[str, Handler] = {
    "CreateConfigurationSet": create,
    "GetConfigurationSet": get,
    "ListConfigurationSets": list_all,
    "DeleteConfigurationSet": delete,
    "UpdateConfigurationSet": partial(put_options, group="MessageSecurityOptions"),
    "PutConfigurationSetArchivingOptions": partial(put_options, group="ArchivingOptions"),
    "PutConfigurationSetDeliveryOptions": partial(put_options, group="DeliveryOptions"),
    "PutConfigurationSetReputationOptions": partial(put_options, group="ReputationOptions"),
    "PutConfigurationSetSendingOptions": partial(put_options, group="SendingOptions"),
    "PutConfigurationSetSuppressionOptions": partial(put_options, group="SuppressionOptions"),
    "PutConfigurationSetTrackingOptions": partial(put_options, group="TrackingOptions"),
    "PutConfigurationSetVdmOptions": partial(put_options, group="VdmOptions"),
    "CreateConfigurationSetEventDestination": create_destination,
    "UpdateConfigurationSetEventDestination": update_destination,
    "DeleteConfigurationSetEventDestination": delete_destination,
    "GetConfigurationSetEventDestinations": get_destinations,
}
