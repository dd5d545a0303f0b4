"""What single_send does: nothing here renders or compiles."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from functions.steps.sending.accept import Acceptance
from functions.steps.sending.check_pause import PauseCheck
from functions.steps.sending.create_upload import UploadOffers
from functions.wiring.chance import new_id

if TYPE_CHECKING:
    from functions.wiring import Wiring


class Accepting:
    def __init__(self, wired: Wiring) -> None:
        self.wired = wired

    @cached_property
    def acceptance(self) -> Acceptance:
        return Acceptance(
            domain=self.wired.settings.domain,
            sends=self.wired.sends,
            emails=self.wired.emails,
            contacts=self.wired.contacts,
            subscription_types=self.wired.subscription_types,
            pauses=self.pauses,
            queue=self.wired.send_queue,
            uploads=self.wired.uploads,
            clock=self.wired.clock,
            new_id=new_id,
        )

    @cached_property
    def upload_offers(self) -> UploadOffers:
        return UploadOffers(uploads=self.wired.uploads, clock=self.wired.clock, new_id=new_id)

    @cached_property
    def pauses(self) -> PauseCheck:
        return PauseCheck(
            emails=self.wired.emails,
            account=lambda: self.wired.account_pause.get(),  # noqa: PLW0108 - made at the first send that is not transactional
            clock=self.wired.clock,
        )
