"""SES resources, created through the sesv2 API of our simulator."""

import re
from collections.abc import Mapping
from typing import Any, Final

from infra.local.cloud.resources.model import CreatedResource, Model, Props, ResourceContext, pick, tag_list, without

# --- dedicated IP pools


def _create_pool(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("PoolName") or context.name()
    context.client("sesv2").create_dedicated_ip_pool(PoolName=name, **pick(props, "ScalingMode"), **_tags(props))
    return CreatedResource(name)


def _update_pool(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    if new.get("ScalingMode") != old.get("ScalingMode"):
        mode = new.get("ScalingMode", "STANDARD")
        context.client("sesv2").put_dedicated_ip_pool_scaling_attributes(PoolName=resource.id, ScalingMode=mode)
    return resource


def _delete_pool(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("sesv2").delete_dedicated_ip_pool(PoolName=resource.id)


# --- configuration sets

# Each group of options, the operation that sets it, and its default. The operation takes the group's members as parameters,
# except that VdmOptions is one parameter.
_OPTIONS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "DeliveryOptions": ("put_configuration_set_delivery_options", {"TlsPolicy": "OPTIONAL"}),
    "ReputationOptions": ("put_configuration_set_reputation_options", {"ReputationMetricsEnabled": False}),
    "SendingOptions": ("put_configuration_set_sending_options", {"SendingEnabled": True}),
    "SuppressionOptions": ("put_configuration_set_suppression_options", {}),
    "TrackingOptions": ("put_configuration_set_tracking_options", {}),
    "ArchivingOptions": ("put_configuration_set_archiving_options", {}),
    "VdmOptions": ("put_configuration_set_vdm_options", {}),
}


def _create_set(context: ResourceContext, props: Props) -> CreatedResource:
    name = props.get("Name") or context.name()
    groups = {group: _api_options(group, props[group]) for group in _OPTIONS if group in props}
    context.client("sesv2").create_configuration_set(ConfigurationSetName=name, **groups, **_tags(props))
    return CreatedResource(name)


def _update_set(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    for group, (operation, default) in _OPTIONS.items():
        if new.get(group) != old.get(group):
            options = _api_options(group, new[group]) if group in new else default
            parameters = {"VdmOptions": options} if group == "VdmOptions" else options
            getattr(context.client("sesv2"), operation)(ConfigurationSetName=resource.id, **parameters)
    return resource


def _delete_set(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("sesv2").delete_configuration_set(ConfigurationSetName=resource.id)


def _api_options(group: str, options: Props) -> dict[str, Any]:
    """Converts CloudFormation's options to the API's, whose durations are numbers: CloudFormation's may be text."""
    named = dict(options)
    if group == "DeliveryOptions" and "MaxDeliverySeconds" in named:
        named["MaxDeliverySeconds"] = int(named["MaxDeliverySeconds"])
    return named


# --- event destinations


def _create_destination(context: ResourceContext, props: Props) -> CreatedResource:
    name = props["EventDestination"].get("Name") or context.name()
    _destination(context, "create", name, props)
    return CreatedResource(f"{props['ConfigurationSetName']}|{name}", {"Id": name})


def _update_destination(
    context: ResourceContext, resource: CreatedResource, new: Props, _old: Props
) -> CreatedResource:
    _destination(context, "update", resource.attributes["Id"], new)
    return resource


def _delete_destination(context: ResourceContext, resource: CreatedResource, props: Props) -> None:
    context.client("sesv2").delete_configuration_set_event_destination(
        ConfigurationSetName=props["ConfigurationSetName"], EventDestinationName=resource.attributes["Id"]
    )


def _destination(context: ResourceContext, verb: str, name: str, props: Props) -> None:
    operation = getattr(context.client("sesv2"), f"{verb}_configuration_set_event_destination")
    operation(
        ConfigurationSetName=props["ConfigurationSetName"],
        EventDestinationName=name,
        EventDestination=_api_destination(props["EventDestination"]),
    )


def _api_destination(destination: Props) -> dict[str, Any]:
    """Converts CloudFormation's spelling to the API's: "ARN" to "Arn", event type "deliveryDelay" to "DELIVERY_DELAY"."""
    named: dict[str, Any] = _spelled(without(destination, "Name"))
    named["MatchingEventTypes"] = [_upper_snake(type_) for type_ in destination["MatchingEventTypes"]]
    return {"Enabled": True, **named}


def _spelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {re.sub(r"ARN$", "Arn", key): _spelled(member) for key, member in value.items()}
    return value


def _upper_snake(name: str) -> str:
    """Converts deliveryDelay to DELIVERY_DELAY. A name in that form stays the same."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


# --- identities


def _create_identity(context: ResourceContext, props: Props) -> CreatedResource:
    name = props["EmailIdentity"]
    context.client("sesv2").create_email_identity(EmailIdentity=name, **_tags(props))
    return _settle_identity(context, name, props, {})


def _update_identity(context: ResourceContext, resource: CreatedResource, new: Props, old: Props) -> CreatedResource:
    return _settle_identity(context, resource.id, new, old)


def _delete_identity(context: ResourceContext, resource: CreatedResource, _props: Props) -> None:
    context.client("sesv2").delete_email_identity(EmailIdentity=resource.id)


# Each group of attributes, the operation that sets it, and its default.
_ATTRIBUTES: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "DkimAttributes": ("put_email_identity_dkim_attributes", {"SigningEnabled": True}),
    "FeedbackAttributes": ("put_email_identity_feedback_attributes", {"EmailForwardingEnabled": True}),
    "MailFromAttributes": ("put_email_identity_mail_from_attributes", {}),
    "ConfigurationSetAttributes": ("put_email_identity_configuration_set_attributes", {}),
}


def _settle_identity(context: ResourceContext, name: str, new: Props, old: Props) -> CreatedResource:
    ses = context.client("sesv2")
    if new.get("DkimSigningAttributes") != old.get("DkimSigningAttributes"):
        ses.put_email_identity_dkim_signing_attributes(EmailIdentity=name, **_dkim_signing(new))
    for group, (operation, default) in _ATTRIBUTES.items():
        if new.get(group) != old.get(group):
            getattr(ses, operation)(EmailIdentity=name, **new.get(group, default))
    tokens = ses.get_email_identity(EmailIdentity=name)["DkimAttributes"].get("Tokens", [])
    return CreatedResource(name, _dkim_records(name, tokens))


def _dkim_signing(props: Props) -> dict[str, Any]:
    """Returns the signing attributes. A private key means "bring your own DKIM"; a key length without one is for SES's keys."""
    signing = props.get("DkimSigningAttributes", {})
    origin = "EXTERNAL" if "DomainSigningPrivateKey" in signing else "AWS_SES"
    return {"SigningAttributesOrigin": origin, **({"SigningAttributes": dict(signing)} if signing else {})}


def _dkim_records(domain: str, tokens: list[str]) -> dict[str, str]:
    """Returns the CNAME records that the template publishes for DKIM, as GetAtt names them."""
    names = {f"DkimDNSTokenName{i}": f"{token}._domainkey.{domain}" for i, token in enumerate(tokens, 1)}
    values = {f"DkimDNSTokenValue{i}": f"{token}.dkim.amazonses.com" for i, token in enumerate(tokens, 1)}
    return names | values


def _tags(props: Props) -> dict[str, Any]:
    return {"Tags": tag_list(props["Tags"])} if "Tags" in props else {}


MODELS = (
    Model("AWS::SES::DedicatedIpPool", _create_pool, _update_pool, _delete_pool, replaced_by=frozenset({"PoolName"})),
    Model("AWS::SES::ConfigurationSet", _create_set, _update_set, _delete_set, replaced_by=frozenset({"Name"})),
    Model(
        "AWS::SES::ConfigurationSetEventDestination",
        _create_destination,
        _update_destination,
        _delete_destination,
        frozenset({"Id"}),
        frozenset({"ConfigurationSetName"}),
    ),
    Model(
        "AWS::SES::EmailIdentity",
        _create_identity,
        _update_identity,
        _delete_identity,
        frozenset(f"DkimDNSToken{part}{i}" for part in ("Name", "Value") for i in (1, 2, 3)),
        frozenset({"EmailIdentity"}),
    ),
)
