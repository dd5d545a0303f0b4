"""Names the sender of a message, if its key or token still exists."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from functions.core import ids
from functions.core.errors import NotFound
from functions.core.tokens.smtp_token import SmtpToken, TokenState
from functions.ports.access import ApiKey
from functions.steps.events.get_message import GetMessage, Sender, SenderType
from tests.fakes.access import MemoryApiKeys
from tests.fakes.emails import MemoryEmails
from tests.fakes.sending import MemorySends
from tests.fakes.tokens import MemorySmtpTokens
from tests.support.examples import NOON_TEXT, a_message, an_email

KEY = ApiKey(
    secret_id="k1", name="shop", prefix="stf_abc", owner="it@example.com", scopes=("content",), created_at=NOON_TEXT
)
TOKEN = SmtpToken(
    campaign_id=9,
    name="printers",
    create_contact=True,
    created_at=NOON_TEXT,
    created_by="it@example.com",
    state=TokenState.ACTIVE,
    key_id="AKIA1",
)


def origin(accepted_by: str, key: ApiKey = KEY, token: SmtpToken = TOKEN) -> Sender:
    sends = MemorySends()
    sends.create([a_message(accepted_by=accepted_by)])
    get_message = GetMessage(
        sends=sends,
        api_keys=MemoryApiKeys({"k1": key}),
        tokens=MemorySmtpTokens({9: token}),
        emails=MemoryEmails(live={7: an_email()}),
    )
    details = get_message("s-1")
    assert details.email_name == "Receipt"
    return details.sender


BY_KEY = Sender(kind=SenderType.API_KEY, id="k1", name="shop", prefix="stf_abc", owner="it@example.com")
BY_TOKEN = Sender(kind=SenderType.SMTP_TOKEN, id="AKIA1", name="printers", owner="it@example.com")


def test_the_sender_is_an_api_key_or_a_token() -> None:
    assert origin("k1") == BY_KEY
    assert origin("k1", key=replace(KEY, revoked_at=NOON_TEXT)) == replace(BY_KEY, revoked=True)
    assert origin("staffetta-smtp-9") == BY_TOKEN
    assert origin("staffetta-smtp-9", token=TOKEN.deleted()) == replace(BY_TOKEN, revoked=True)


@pytest.mark.parametrize(
    ("accepted_by", "kind", "name"),
    [
        ("", SenderType.UNKNOWN, ""),
        ("k2", SenderType.UNKNOWN, "k2"),
        ("staffetta-smtp-10", SenderType.SMTP_TOKEN, ""),
    ],
)
def test_an_unknown_sender_has_only_an_id(accepted_by: str, kind: SenderType, name: str) -> None:
    assert origin(accepted_by) == Sender(kind=kind, id=name)


def test_a_mail_over_smtp_has_ses_id_too() -> None:
    sends = MemorySends()
    sends.create([a_message(ids.for_ses_message("0102"), number) for number in range(2)])
    get_message = GetMessage(sends=sends, api_keys=MemoryApiKeys(), tokens=MemorySmtpTokens(), emails=MemoryEmails())
    assert [message.key.recipient for message in get_message("0102").messages] == [0, 1]
    assert get_message("0102").email_name is None
    with pytest.raises(NotFound):
        get_message("0103")
