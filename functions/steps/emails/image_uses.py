"""What will still send mail with an image: emails that are published, broadcasts under way, and scheduled sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from functions.core.broadcasts import lifecycle
from functions.core.broadcasts.lifecycle import BroadcastState
from functions.core.emails import images
from functions.core.emails.images import Image
from functions.ports.broadcasts import Broadcasts
from functions.ports.emails import Emails
from functions.ports.sending import MessageIndex

ANY_TIME = "9999"  # later than every time of a send


class FindImageUses(Struct, frozen=True, kw_only=True):
    """The step with its dependencies. An image names the emails that ever published it, so only they are read."""

    emails: Emails
    broadcasts: Broadcasts
    messages: MessageIndex

    def __call__(self, image: Image) -> list[str]:
        """Returns each use, in words. A broadcast and a scheduled send keep the revision that was published when they were accepted."""
        return [*self._emails(image), *self._broadcasts(image), *self._scheduled(image)] if image.emails else []

    def _emails(self, image: Image) -> Iterator[str]:
        """An archived email counts: restored, it is published as before."""
        for email_id in image.emails:
            email = self.emails.get(email_id, consistent=True)
            if email and image.name in email.images:
                yield f"email {email.id}{' (archived)' if email.archived_at else ''}"

    def _broadcasts(self, image: Image) -> Iterator[str]:
        for broadcast in self.broadcasts.all():
            is_begun = broadcast.state not in {BroadcastState.DRAFT, *lifecycle.FINAL}
            if is_begun and self._shows(image, broadcast.email_id, broadcast.revision):
                yield f"broadcast {broadcast.id}"

    def _scheduled(self, image: Image) -> Iterator[str]:
        waiting = Counter((message.email_id, message.revision) for message in self.messages.overdue(ANY_TIME))
        for (email_id, revision), count in sorted(waiting.items()):
            if self._shows(image, email_id, revision):
                yield f"{count} scheduled mail{'s' if count > 1 else ''} of email {email_id}"

    def _shows(self, image: Image, email_id: int, number: int) -> bool:
        if email_id not in image.emails or not number:
            return False
        revision = self.emails.revision(email_id, number)
        return image.name in images.used(body.html for body in (revision.content, *revision.variants.values()))
