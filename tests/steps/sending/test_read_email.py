"""Reading the email of a send, by a clock that the test moves."""

from __future__ import annotations

from msgspec.structs import replace

from functions.core.emails.email import Email
from functions.steps.sending import read_email
from functions.steps.sending.read_email import READS, ReadEmail
from tests.fakes import Clock
from tests.fakes.emails import MemoryEmails
from tests.support.examples import an_email


class CountedEmails(MemoryEmails):
    reads = 0

    def get(self, email_id: int, *, consistent: bool = False) -> Email | None:
        self.reads += 1
        return super().get(email_id, consistent=consistent)


def publish(emails: MemoryEmails, revision: int) -> None:
    emails.live[7] = replace(an_email(), published_revision=revision)


def test_a_few_sends_a_second_see_each_publication_at_once() -> None:
    emails = MemoryEmails()
    read = ReadEmail(emails, Clock())
    for revision in range(1, READS + 1):
        publish(emails, revision)
        email = read(7)
        assert email
        assert email.published_revision == revision


def test_a_burst_reads_its_email_a_few_times_a_second() -> None:
    emails, clock = CountedEmails({7: an_email()}), Clock()
    read = ReadEmail(emails, clock)
    for _ in range(300):
        assert read(7)
        clock.now += 0.01
    assert emails.reads == 3 * READS


def test_a_burst_sees_a_publication_within_a_second() -> None:
    emails, clock = MemoryEmails({7: an_email()}), Clock()
    read = ReadEmail(emails, clock)
    for _ in range(READS):
        read(7)
    publish(emails, 2)
    clock.now += read_email.SECONDS
    email = read(7)
    assert email
    assert email.published_revision == 2


def test_a_burst_sees_an_unknown_email_once_it_exists() -> None:
    emails = MemoryEmails()
    read = ReadEmail(emails, Clock())
    assert [read(7) for _ in range(2 * READS)] == [None] * (2 * READS)
    emails.live[7] = an_email()
    assert read(7) == an_email()


def test_one_email_in_a_burst_does_not_age_another() -> None:
    emails = MemoryEmails({7: an_email()})
    read = ReadEmail(emails, Clock())
    for _ in range(2 * READS):
        read(7)
    emails.live[8] = replace(an_email(), id=8)
    assert read(8) == emails.live[8]


def test_many_emails_do_not_fill_the_memory() -> None:
    read = ReadEmail(MemoryEmails(), Clock())
    assert not any(read(number) for number in range(3 * read_email.EMAILS_MAX))
    assert len(read._recent) <= read_email.EMAILS_MAX
