"""A person's consent: subscribe them to a type of mail, and unsubscribe them, on a ground that is stored with the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from functions import wiring
from functions.core import ids
from functions.core.access.audit import AuditAction
from functions.core.contacts.contact import EVERYTHING, Contact
from functions.core.contacts.subscriptions.legal_basis import EXPLANATION_MAX
from functions.core.contacts.subscriptions.status import SPAM_REPORT, ContactStatus, StatusState
from functions.core.contacts.subscriptions.subscription import BUILT_IN
from functions.core.errors import FieldError, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.contact_paths import CONTACT, contact_path, email_of
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.contacts.statuses import MAY_DECIDE, StatusChange, Statuses, SubscriptionDecision

CONSENT = f"{CONTACT}/consent/{{typeId}}"
SUBSCRIBE, UNSUBSCRIBE = f"{CONSENT}/subscribe", f"{CONSENT}/unsubscribe"
BASES: Mapping[str, str] = {
    "CONSENT_WITH_NOTICE": N_("They agreed, after they read what the mail is about"),
    "PROCESS_AND_STORE": N_("They agreed that their data is stored and used"),
    "LEGITIMATE_INTEREST_PQL": N_("Legitimate interest: they may become a customer"),
    "LEGITIMATE_INTEREST_CLIENT": N_("Legitimate interest: they are a customer"),
    "LEGITIMATE_INTEREST_OTHER": N_("Legitimate interest: another one"),
    "PERFORMANCE_OF_CONTRACT": N_("A contract with them needs it"),
    "NON_GDPR": N_("The GDPR does not apply to them"),
}
STATES = {
    StatusState.SUBSCRIBED: (N_("Subscribed"), "good"),
    StatusState.UNSUBSCRIBED: (N_("Unsubscribed"), "bad"),
    StatusState.NOT_SPECIFIED: (N_("No decision"), "soft"),
}


class ConsentRow(Struct, frozen=True, kw_only=True):
    """What a person decided about one type of mail, or about all marketing mail."""

    id: str
    name: str
    status: ContactStatus
    may_subscribe: bool
    may_unsubscribe: bool

    @property
    def state(self) -> tuple[str, str]:
        return STATES[self.status.state]


def rows_of(visit: PageVisit, contact: Contact) -> list[ConsentRow]:
    """Returns the consent to all marketing mail, and to each type."""
    may = visit.actor.may(*MAY_DECIDE)
    wide = _statuses().get_wide(contact.email)
    everything = ConsentRow(
        id=EVERYTHING,
        name=visit.gettext("All marketing mail"),
        status=wide,
        may_subscribe=False,
        may_unsubscribe=may and not contact.unsubscribed(EVERYTHING),
    )
    return [everything, *_of_types(contact, may=may)]


def basis_text(visit: PageVisit, basis: str) -> str:
    """Returns a legal basis in plain words. An unknown one is as it was stored."""
    return visit.gettext(BASES[basis]) if basis in BASES else basis


def show_subscribe(visit: PageVisit) -> HtmlPage:
    """Shows what the person decided before. The form is its own confirmation: it has a box to check."""
    return _page(visit, subscribes=True)


def show_unsubscribe(visit: PageVisit) -> HtmlPage:
    return _page(visit, subscribes=False)


def subscribe(visit: PageVisit) -> HtmlPage:
    row = _row(visit, _contact(visit))
    errors = []
    if not visit.value("basis"):
        errors.append(FieldError("basis", visit.gettext("choose why they may be mailed"), "REQUIRED_FIELD"))
    if visit.value("confirmed") != "on":
        errors.append(FieldError("confirmed", visit.gettext("confirm that they agreed"), "REQUIRED_FIELD"))
    if errors:
        raise Rejected(errors)
    _decide(visit, row, StatusState.SUBSCRIBED, AuditAction.SUBSCRIBED)
    return _done(visit, visit.gettext("They are subscribed to %(name)s.", name=row.name))


def unsubscribe(visit: PageVisit) -> HtmlPage:
    row = _row(visit, _contact(visit))
    if row.id == EVERYTHING:
        _statuses().unsubscribe_all(email_of(visit), visit.actor)
        _log(visit, AuditAction.UNSUBSCRIBED, EVERYTHING)
        return _done(visit, visit.gettext("They are unsubscribed from all marketing mail."))
    _decide(visit, row, StatusState.UNSUBSCRIBED, AuditAction.UNSUBSCRIBED)
    return _done(visit, visit.gettext("They are unsubscribed from %(name)s.", name=row.name))


PAGES = (
    get(SUBSCRIBE, show_subscribe, *MAY_DECIDE),
    post(SUBSCRIBE, subscribe, *MAY_DECIDE, back=show_subscribe),
    get(UNSUBSCRIBE, show_unsubscribe, *MAY_DECIDE),
    post(UNSUBSCRIBE, unsubscribe, *MAY_DECIDE, back=show_unsubscribe),
)


def _statuses() -> Statuses:
    return wiring.get(wiring.contacts.statuses)


def _contact(visit: PageVisit) -> Contact:
    """Raises NotFound."""
    contact = wiring.get(wiring.adapters.contacts.contacts).get(email_of(visit))
    if contact is None or not contact.is_stored:
        raise NotFound(f"there is no contact {email_of(visit)}")
    return contact


def _row(visit: PageVisit, contact: Contact) -> ConsentRow:
    """Raises NotFound."""
    named = next((row for row in rows_of(visit, contact) if row.id == visit.path("typeId")), None)
    if named is None:
        raise NotFound(f"there is no subscription type {visit.path('typeId')}")
    return named


def _of_types(contact: Contact, *, may: bool) -> Sequence[ConsentRow]:
    return [
        ConsentRow(
            id=one.type_.id,
            name=one.type_.name,
            status=one.status,
            may_subscribe=may and one.status.state is not StatusState.SUBSCRIBED and not contact.has_complained,
            may_unsubscribe=may and one.status.state is not StatusState.UNSUBSCRIBED,
        )
        for one in _statuses().get(contact.email)
        if one.type_.id != BUILT_IN.id
    ]


def _page(visit: PageVisit, *, subscribes: bool) -> HtmlPage:
    contact = _contact(visit)
    row = _row(visit, contact)
    if row.id == EVERYTHING and subscribes:
        raise NotFound("only the person's own link subscribes them to all marketing mail again")
    return visit.page(
        "contacts/consent.html",
        row=row,
        subscribes=subscribes,
        email=contact.email,
        path=contact_path(contact.email),
        left=row.status.state is StatusState.UNSUBSCRIBED,
        left_all=contact.unsubscribed(EVERYTHING),
        complained=row.status.source == SPAM_REPORT or contact.has_complained,
        is_all=row.id == EVERYTHING,
        bases=[("", visit.gettext("Choose one")), *((code, visit.gettext(text)) for code, text in BASES.items())],
        explanation_max=EXPLANATION_MAX,
    )


def _decide(visit: PageVisit, row: ConsentRow, state: StatusState, action: AuditAction) -> None:
    """Raises Rejected."""
    basis, explanation = _grounds(visit)
    decision = SubscriptionDecision(
        email=email_of(visit), subscription=row.id, legal_basis=basis, legal_basis_explanation=explanation
    )
    done = _statuses().set(decision, state, visit.actor)
    if done.change is not StatusChange.NO_STATUS_CHANGE:
        _log(visit, action, row.id)


def _grounds(visit: PageVisit) -> tuple[str, str]:
    """Returns the legal basis and its explanation. Raises Rejected."""
    basis, explanation = visit.value("basis"), visit.text("explanation").strip()
    if len(explanation) > EXPLANATION_MAX:
        raise Rejected([FieldError("explanation", f"must have at most {EXPLANATION_MAX} characters")])
    if basis and basis not in BASES:
        raise Rejected([FieldError("basis", visit.gettext("choose why they may be mailed"))])
    return basis, explanation


def _log(visit: PageVisit, action: AuditAction, subscription: str) -> None:
    subject = ids.address_hash(email_of(visit))
    wiring.get(wiring.access.audit_log)(action, visit.actor, subject, subscription=subscription)


def _done(visit: PageVisit, notice: str) -> HtmlPage:
    return visit.redirect(contact_path(email_of(visit)), notice)
