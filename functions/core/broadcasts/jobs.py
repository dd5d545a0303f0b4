"""The messages of the broadcast queue: work on an audience, page by page."""

from __future__ import annotations

from msgspec import Struct


class PrepareJob(Struct, frozen=True, tag="prepare"):
    """Writes the next pages of a broadcast's audience."""

    broadcast_id: str


class CheckJob(Struct, frozen=True, tag="check"):
    """Reads the audience, counts it, and sends nothing."""

    broadcast_id: str
    number: str  # of the check: a later one ends it


class ReleaseJob(Struct, frozen=True, tag="release"):
    """Starts a scheduled broadcast, or the pages of one time zone."""

    broadcast_id: str
    due_at: str


class PageJob(Struct, frozen=True, tag="page", kw_only=True):
    """Sends one page, and then waits until each of its messages has its outcome."""

    broadcast_id: str
    number: int
    start: int = 0  # recipients before it had their turn
    only: tuple[int, ...] = ()  # recipients to attempt again
    attempts: int = 0  # of these
    settling: int = 0  # how often the outcomes were read; 0: the page is still being sent
    reopen: bool = False  # its page may be done: an operator redrives the failed messages of `only`


class RecountJob(Struct, frozen=True, tag="recount"):
    """Counts the outcomes of a page that is done: one of them changed."""

    broadcast_id: str
    number: int


class ImportJob(Struct, frozen=True, tag="import"):
    """Imports the next lines of a file of contacts."""

    import_id: str


class RefreshJob(Struct, frozen=True, tag="refresh"):
    """Evaluates a list after the lists into which its filters look."""

    list_id: int
    since: str  # an evaluation that began since then is recent enough


class EvaluateJob(Struct, frozen=True, tag="evaluate"):
    """Does a part of a list's evaluation."""

    list_id: int
    number: int  # of the evaluation: a later one ends it
    part: int
    position: str = ""  # up to which it is done


Job = ImportJob | RefreshJob | EvaluateJob | PrepareJob | CheckJob | ReleaseJob | PageJob | RecountJob
