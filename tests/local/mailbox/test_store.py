"""The mailbox itself."""

import threading

import pytest

from infra.local.mailbox import Mailbox


def put(mailbox: Mailbox, subject: str, size: int = 0) -> str:
    return mailbox.deliver("s@example.com", ["r@customer.test"], f"Subject: {subject}\n\n".encode() + b"x" * size)


def test_the_newest_mail_comes_first() -> None:
    """Every mail can also be read by its id."""
    mailbox = Mailbox()
    ids = [put(mailbox, subject) for subject in "abc"]
    assert [mail.id for mail in mailbox.all()] == ids[::-1]
    mail = mailbox.get(ids[0])
    assert mail
    assert mail.reading.subject == "a"
    assert mailbox.get("other") is None


def test_the_oldest_mail_is_deleted_over_the_limits() -> None:
    """The limits are a count and bytes. The latest mail always stays."""
    few = Mailbox(max_mails=2)
    small = Mailbox(max_bytes=1000)
    for subject in "abc":
        put(few, subject)
        put(small, subject, 600)
    assert [mail.reading.subject for mail in few.all()] == ["c", "b"]
    assert [mail.reading.subject for mail in small.all()] == ["c"]
    put(small, "huge", 5000)
    assert [mail.reading.subject for mail in small.all()] == ["huge"]
    put(small, "d")
    assert [mail.reading.subject for mail in small.all()] == ["d"]


def test_mails_are_marked_and_deleted() -> None:
    """Unknown ids change nothing."""
    mailbox = Mailbox()
    first, second = put(mailbox, "a"), put(mailbox, "b")
    mailbox.mark([first, "unknown"], is_read=True)
    assert [mail.is_read for mail in mailbox.all()] == [False, True]
    mailbox.delete([second, "unknown"])
    assert [mail.id for mail in mailbox.all()] == [first]
    mailbox.clear()
    assert mailbox.all() == ()


def test_waiting_ends_when_the_mail_arrives() -> None:
    """A mail that arrived before counts too."""
    mailbox = Mailbox()
    arriving = threading.Thread(target=lambda: [put(mailbox, subject) for subject in ("other", "wanted")])
    arriving.start()
    assert mailbox.wait_for(lambda mail: mail.reading.subject == "wanted", 5).recipients == ("r@customer.test",)
    arriving.join()
    assert mailbox.wait_for(lambda mail: mail.reading.subject == "other", 0)


def test_waiting_ends_at_its_deadline() -> None:
    """The error has the number of mails in the mailbox."""
    mailbox = Mailbox()
    put(mailbox, "a")
    with pytest.raises(TimeoutError, match="has 1"):
        mailbox.wait_for(lambda _: False, 0.01)


def test_threads_lose_no_mail() -> None:
    """Eight threads deliver at once."""
    mailbox = Mailbox()
    threads = [threading.Thread(target=lambda: [put(mailbox, "x") for _ in range(200)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({mail.id for mail in mailbox.all()}) == 1600
