"""Email identities: domains and addresses, their DKIM, MAIL FROM and default configuration set."""

from infra.local.ses.account import JSON, Identity, SimulatedAccount
from infra.local.ses.api.operations.wire import check_tags, page, tags_in, tags_out
from infra.local.ses.errors import already_exists, bad_request

HOSTED_ZONE = "dkim.amazonses.com"


def create(account: SimulatedAccount, params: JSON) -> JSON:
    name = _name(params["EmailIdentity"])
    if name in account.identities:
        raise already_exists(f"Email identity {name} already exist.")
    default_set = _existing_set(account, params)
    identity = Identity(name, configuration_set=default_set, tags=tags_in(params))
    check_tags(identity.tags)
    _sign(identity, params.get("DkimSigningAttributes", {}))
    account.identities[name] = identity
    return {
        "IdentityType": identity.kind,
        "VerifiedForSendingStatus": identity.verified,
        "DkimAttributes": _dkim(identity),
    }


def get(account: SimulatedAccount, params: JSON) -> JSON:
    identity = account.identity(params["EmailIdentity"])
    answer = {
        "IdentityType": identity.kind,
        "FeedbackForwardingStatus": identity.feedback_forwarding,
        "VerifiedForSendingStatus": identity.verified,
        "VerificationStatus": identity.status,
        "VerificationInfo": _verification(identity),
        "DkimAttributes": _dkim(identity),
        "MailFromAttributes": _mail_from(identity),
        "Policies": {},
        "Tags": tags_out(identity.tags),
        "ConfigurationSetName": identity.configuration_set,
    }
    return {key: value for key, value in answer.items() if value is not None}


def list_all(account: SimulatedAccount, params: JSON) -> JSON:
    identities = [
        {
            "IdentityType": identity.kind,
            "IdentityName": identity.name,
            "SendingEnabled": identity.verified,
            "VerificationStatus": _status(identity.verified),
        }
        for identity in account.identities.values()
    ]
    return page("EmailIdentities", identities, params)


def delete(account: SimulatedAccount, params: JSON) -> JSON:
    del account.identities[account.identity(params["EmailIdentity"]).name]
    return {}


def put_configuration_set(account: SimulatedAccount, params: JSON) -> JSON:
    account.identity(params["EmailIdentity"]).configuration_set = _existing_set(account, params)
    return {}


def put_dkim(account: SimulatedAccount, params: JSON) -> JSON:
    account.identity(params["EmailIdentity"]).signing_enabled = params.get("SigningEnabled", False)
    return {}


def put_dkim_signing(account: SimulatedAccount, params: JSON) -> JSON:
    identity = account.identity(params["EmailIdentity"])
    attributes = {"DomainSigningAttributesOrigin": params["SigningAttributesOrigin"]}
    _sign(identity, params.get("SigningAttributes", {}) | attributes)
    return {
        "DkimStatus": _status(identity.verified),
        "DkimTokens": identity.dkim_tokens,
        "SigningHostedZone": HOSTED_ZONE,
    }


def put_feedback(account: SimulatedAccount, params: JSON) -> JSON:
    account.identity(params["EmailIdentity"]).feedback_forwarding = params.get("EmailForwardingEnabled", False)
    return {}


def put_mail_from(account: SimulatedAccount, params: JSON) -> JSON:
    identity = account.identity(params["EmailIdentity"])
    domain = params.get("MailFromDomain") or None
    own = identity.name.rpartition("@")[2]
    if domain and not domain.endswith(f".{own}"):
        raise bad_request(
            f"Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the identity <{own}>."
        )
    identity.mail_from_domain = domain
    identity.mail_from_on_failure = params.get("BehaviorOnMxFailure", "USE_DEFAULT_VALUE")
    return {}


def _name(name: str) -> str:
    domain = name.rpartition("@")[2]
    if "." not in domain.strip(".") or domain != domain.strip(".") or any(c.isspace() for c in name):
        raise bad_request(f"Invalid email identity: {name!r} is neither a domain nor an email address.")
    return name.lower()


def _existing_set(account: SimulatedAccount, params: JSON) -> str | None:
    name = params.get("ConfigurationSetName")
    return account.configuration_set(name).name if name else None


def _sign(identity: Identity, attributes: JSON) -> None:
    """Sets Easy DKIM, unless there are a selector and a private key (the key itself is not stored)."""
    own_key = "DomainSigningSelector" in attributes
    if own_key != ("DomainSigningPrivateKey" in attributes):
        raise bad_request("DomainSigningSelector and DomainSigningPrivateKey must be given together.")
    identity.origin = attributes.get("DomainSigningAttributesOrigin", "EXTERNAL" if own_key else "AWS_SES")
    identity.selector = attributes.get("DomainSigningSelector")
    identity.key_length = attributes.get("NextSigningKeyLength", identity.key_length)


def _dkim(identity: Identity) -> JSON:
    return {
        "SigningEnabled": identity.signing_enabled,
        "Status": identity.status,
        "Tokens": identity.dkim_tokens,
        "SigningHostedZone": HOSTED_ZONE,
        "SigningAttributesOrigin": identity.origin,
        "NextSigningKeyLength": identity.key_length,
        "CurrentSigningKeyLength": identity.key_length,
    }


def _verification(identity: Identity) -> JSON | None:
    return {"ErrorType": "HOST_NOT_FOUND"} if identity.kind == "DOMAIN" and identity.status != "SUCCESS" else None


def _mail_from(identity: Identity) -> JSON | None:
    if identity.mail_from_domain is None:
        return None
    return {
        "MailFromDomain": identity.mail_from_domain,
        "MailFromDomainStatus": _status(identity.mail_from_verified),
        "BehaviorOnMxFailure": identity.mail_from_on_failure,
    }


def _status(verified: bool) -> str:
    return "SUCCESS" if verified else "PENDING"


HANDLERS = {
    "CreateEmailIdentity": create,
    "GetEmailIdentity": get,
    "ListEmailIdentities": list_all,
    "DeleteEmailIdentity": delete,
    "PutEmailIdentityConfigurationSetAttributes": put_configuration_set,
    "PutEmailIdentityDkimAttributes": put_dkim,
    "PutEmailIdentityDkimSigningAttributes": put_dkim_signing,
    "PutEmailIdentityFeedbackAttributes": put_feedback,
    "PutEmailIdentityMailFromAttributes": put_mail_from,
}
