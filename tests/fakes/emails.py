"""Emails: their heads, revisions and documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from functions.core.emails.email import Email, EmailDocument, Revision
from functions.core.emails.images import Image
from functions.core.errors import Conflict


@dataclass
class MemoryImages:
    stored: dict[str, tuple[Image, bytes]] = field(default_factory=dict)

    def get(self, name: str) -> Image | None:
        return self.stored[name][0] if name in self.stored else None

    def existing(self, names: Sequence[str]) -> frozenset[str]:
        return frozenset(name for name in names if name in self.stored)

    def put(self, image: Image, octets: bytes) -> bool:
        if self._version(image.name) != image.version:
            return False
        self.stored[image.name] = (replace(image, version=image.version + 1), octets)
        return True

    def delete(self, image: Image) -> bool:
        if self._version(image.name) != image.version or image.name not in self.stored:
            return False
        del self.stored[image.name]
        return True

    def publish(self, names: Sequence[str], email_id: int) -> bool:
        """Adds a use, as the transaction of a publication does."""
        if any(name not in self.stored for name in names):
            return False
        for name in names:
            image, octets = self.stored[name]
            emails = tuple(sorted({*image.emails, email_id}))
            self.stored[name] = (replace(image, emails=emails, version=image.version + 1), octets)
        return True

    def page(self, after: str, limit: int) -> list[Image]:
        newest = sorted((image for image, _ in self.stored.values()), key=lambda image: image.cursor, reverse=True)
        return [image for image in newest if not after or image.cursor < after][:limit]

    def url(self, name: str) -> str:
        return f"https://images.example.com/images/{name}"

    def _version(self, name: str) -> int:
        return self.stored[name][0].version if name in self.stored else 0


@dataclass
class MemoryEmails:
    live: dict[int, Email] = field(default_factory=dict)
    revisions: dict[tuple[int, int], Revision] = field(default_factory=dict)
    by_revision: dict[tuple[int, int], EmailDocument] = field(default_factory=dict)
    images: MemoryImages = field(default_factory=MemoryImages)

    def get(self, email_id: int, *, consistent: bool = False) -> Email | None:
        return self.live.get(email_id)

    def heads(self, email_ids: Sequence[int]) -> list[Email]:
        return [self.live[email_id] for email_id in dict.fromkeys(email_ids) if email_id in self.live]

    def all(self) -> list[Email]:
        return sorted((one for one in self.live.values() if one.created_at), key=lambda one: one.created_at)

    def revision(self, email_id: int, number: int) -> Revision:
        return self.revisions[email_id, number]

    def documents(self, revisions: Sequence[tuple[int, int]]) -> list[EmailDocument | None]:
        return [self.by_revision.get(one) for one in revisions]

    def save(self, email: Email, draft: EmailDocument | None = None, partner: Email | None = None) -> bool:
        changed = [one for one in (email, partner) if one]
        if any(self._version(one.id) != one.version for one in changed):
            return False
        self.live.update({one.id: replace(one, version=one.version + 1) for one in changed})
        if draft:
            self.by_revision[email.id, 0] = draft
        return True

    def publish(self, email: Email, revision: Revision, document: EmailDocument, *, retain_draft: bool = False) -> None:
        published = self.revisions.get((email.id, revision.number))
        if published == revision and self.by_revision[email.id, revision.number] == document:
            return
        if published or self._version(email.id) != email.version:
            raise Conflict(f"email {email.id} was changed by another author")
        if not self.images.publish(email.images, email.id):
            raise Conflict(f"an image of email {email.id} was deleted")
        self.revisions[email.id, revision.number] = revision
        self.by_revision[email.id, revision.number] = document
        if not retain_draft:
            self.by_revision[email.id, 0] = document
        self.live[email.id] = replace(email, version=email.version + 1)

    def _version(self, email_id: int) -> int:
        return self.live[email_id].version if email_id in self.live else 0
