"""Contacts over HTTP, a Staffetta extension: what is stored of one person, and their erasure."""

from __future__ import annotations

from functions import wiring
from functions.core import ids
from functions.core.contacts.contact import Contact
from functions.core.errors import NotFound
from functions.routes.contacts.models import ContactDecision, ContactPath, ContactProperty, ContactView, ErasureView
from functions.routes.http.gate import ApiRequest
from functions.routes.http.models.reader import path_of


def get_contact(request: ApiRequest) -> ContactView:
    email = path_of(request, ContactPath).email.lower()
    contact = wiring.get(wiring.adapters.contacts.contacts).get(email)
    if contact is None or not contact.is_stored:
        raise NotFound(f"there is no contact {email!r}")
    return _view(contact)


def erase_contact(request: ApiRequest) -> ErasureView:
    """Without a contact too: a cc recipient has none, and its messages are erased. A repeated request returns the progress."""
    email, caller = path_of(request, ContactPath).email.lower(), request.caller
    step = wiring.get(wiring.contacts.erase_contact)
    erasure = step.request(email, caller)
    scan = step.requests.scan()
    return ErasureView(
        status="PENDING",
        requested_at=erasure.asked_at,
        subject=ids.address_hash(email),
        messages=erasure.messages,
        canceled=erasure.canceled,
        events=erasure.events,
        archive_scanned_to=(scan.position or None) if erasure.scan and erasure.scan == scan.number else None,
    )


def _view(contact: Contact) -> ContactView:
    bounce = contact.quarantine
    return ContactView(
        email=contact.email,
        created_at=contact.created_at,
        spellings=list(contact.spellings),
        properties={name: ContactProperty(entry.value, entry.at) for name, entry in contact.properties.items()},
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
