"""Contacts on the wire: what is known of one person, and their wish to be forgotten. Ours alone."""

from __future__ import annotations

from functions import wiring
from functions.core import addresses, ids
from functions.core.contacts.contact import Contact
from functions.core.errors import FieldError, NotFound, Rejected
from functions.routes.contacts.models import ContactDecision, ContactProperty, ContactView, ErasureView
from functions.routes.http.dispatch import Operation, Request


def get_contact(request: Request) -> ContactView:
    email = _email(request)
    contact = wiring.get(wiring.adapters.contacts).get(email)
    if contact is None or not contact.version:  # of who was erased there is only what keeps mail from them
        raise NotFound(f"there is no contact {email!r}")
    return _view(contact)


def erase_contact(request: Request) -> ErasureView:
    """Whether or not there is a contact: a cc has none, and is known still."""
    email = _email(request)
    order = wiring.get(wiring.contacts.erase_contact).request(email, request.caller.owner, request.caller.key_id)
    return ErasureView(status="PENDING", requested_at=order.asked_at, subject=ids.address_hash(email))


OPERATIONS: dict[str, Operation] = {"get_contact": get_contact, "erase_contact": erase_contact}


def _email(request: Request) -> str:
    try:
        return addresses.parse(request.path_parameters["email"]).email.lower()
    except ValueError as error:
        raise Rejected([FieldError("email", str(error), "INVALID_EMAIL")]) from error


def _view(contact: Contact) -> ContactView:
    bounce = contact.quarantine
    return ContactView(
        email=contact.email,
        created_at=contact.created_at,
        properties={name: ContactProperty(known.value, known.at) for name, known in contact.properties.items()},
        decisions=[
            ContactDecision(
                subscription_id=type_id,
                status=decision.status.value,
                decided_at=decision.at,
                source=decision.source,
                legal_basis=decision.legal_basis or None,
                legal_basis_explanation=decision.legal_basis_explanation or None,
            )
            for type_id, decision in sorted(contact.decisions.items())
        ],
        bounced_at=bounce.at if bounce else None,
        bounce_reason=bounce.reason if bounce else None,
        complained_at=contact.complained_at,
    )
