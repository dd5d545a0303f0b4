"""API keys: create one and see it once, rename, revoke."""

from __future__ import annotations

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT, SCOPES
from functions.core.errors import FieldError, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.once import once
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.ports.access import ApiKey

KEYS = "/console/keys"
SCOPE_HELP = {
    "transactional-email": N_("send transactional email, create SMTP tokens"),
    "marketing-email": N_("send marketing email, lift a quarantine"),
    "content": N_("write and publish emails, read statistics"),
    "contacts": N_("read and change contacts and lists"),
    "account": N_("keys, users, pauses, settings, erasure"),
    "reports": N_("read statistics and messages, and nothing else"),
}

# A call of the API that a key of the scope may make and that changes nothing.
FIRST_CALL = {
    "transactional-email": "/staffetta/v1/messages",
    "marketing-email": "/marketing/v3/emails",
    "content": "/marketing/v3/emails",
    "contacts": "/crm/v3/objects/contacts",
    "account": "/staffetta/v1/sending",
    "reports": "/marketing/v3/emails/statistics/list",
}


def show_keys(visit: PageVisit) -> HtmlPage:
    keys = sorted(wiring.get(wiring.adapters.access.api_keys).all(), key=lambda key: bool(key.revoked_at))
    scopes = [(scope, scope, visit.gettext(SCOPE_HELP[scope])) for scope in SCOPES]
    return visit.page("access/keys.html", keys=keys, scopes=scopes)


def create(visit: PageVisit) -> HtmlPage:
    scopes = tuple(scope for scope in SCOPES if scope in visit.values("scopes"))
    if not scopes:
        raise Rejected([FieldError("scopes", visit.gettext("choose at least one: a key without any can do nothing"))])
    secret, key = wiring.get(wiring.access.create_api_key)(visit.value("name"), visit.actor.name, scopes, visit.actor)
    _log(visit, AuditAction.KEY_MADE, key, owner=key.owner, scopes=" ".join(key.scopes))
    first_call = wiring.container().settings.public_url + FIRST_CALL[scopes[0]]
    return visit.page("access/new_key.html", secret=secret, key=key, first_call=first_call)


def show_name(visit: PageVisit) -> HtmlPage:
    return visit.page("access/key_name.html", key=_key(visit))


def rename(visit: PageVisit) -> HtmlPage:
    key = wiring.get(wiring.access.manage_api_keys).rename(visit.path("keyId"), visit.value("name"), visit.actor)
    _log(visit, AuditAction.KEY_RENAMED, key)
    return visit.redirect(KEYS, visit.gettext("The key is renamed."))


def confirm_revocation(visit: PageVisit) -> HtmlPage:
    return visit.confirm(
        visit.gettext("Revoke the key %(name)s?", name=_key(visit).name),
        visit.gettext("Programs with this key get 401 from a minute on. A revoked key never works again."),
        visit.gettext("Revoke the key"),
        KEYS,
    )


def revoke(visit: PageVisit) -> HtmlPage:
    key = wiring.get(wiring.access.manage_api_keys).revoke(visit.path("keyId"), visit.actor)
    _log(visit, AuditAction.KEY_REVOKED, key)
    return visit.redirect(KEYS, visit.gettext("The key is revoked."))


PAGES = (
    get(KEYS, show_keys, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("API keys"))),
    post(KEYS, once(create, KEYS), ACCOUNT, back=show_keys),
    get(f"{KEYS}/{{keyId}}/name", show_name, ACCOUNT),
    post(f"{KEYS}/{{keyId}}/name", rename, ACCOUNT, back=show_name),
    get(f"{KEYS}/{{keyId}}/revoke", confirm_revocation, ACCOUNT),
    post(f"{KEYS}/{{keyId}}/revoke", revoke, ACCOUNT, back=confirm_revocation),
)


def _key(visit: PageVisit) -> ApiKey:
    """Raises NotFound."""
    key = wiring.get(wiring.adapters.access.api_keys).get(visit.path("keyId"))
    if key is None:
        raise NotFound(visit.gettext("This key does not exist."))
    return key


def _log(visit: PageVisit, action: AuditAction, key: ApiKey, **detail: str) -> None:
    wiring.get(wiring.access.audit_log)(action, visit.actor, key.secret_id, name=key.name, **detail)
