"""The starters: bundled emails, each a draft of a new email."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from functions.core.access.actor import Actor
from functions.core.addresses import Address
from functions.core.emails.email import EmailDraft
from functions.core.emails.email_document import written
from functions.core.errors import NotFound
from functions.ports.emails import BundledStarter
from functions.steps.emails.edit_emails import EmailEditor
from functions.steps.emails.read_emails import EmailWithDocument


class StarterGallery(Struct, frozen=True, kw_only=True):
    """The steps with their dependencies. `sender` is the From address of a new email."""

    names: Callable[[], Sequence[str]]
    load: Callable[[str, Address], BundledStarter]
    editor: EmailEditor
    sender: Address

    def all(self) -> dict[str, BundledStarter]:
        return {name: self.load(name, self.sender) for name in self.names()}

    def draft(self, name: str) -> EmailDraft:
        """Raises NotFound."""
        if name not in self.names():
            raise NotFound(f"there is no starter {name!r}")
        return self.load(name, self.sender).draft

    def create(self, draft: EmailDraft, name: str, by: Actor) -> EmailWithDocument:
        """Creates an email with its own copy of a draft. Raises Rejected."""
        return self.editor.create(written(replace(draft, name=name)), by)
