"""Who may send over SMTP, and what: the keys and policies in the local cloud's IAM at that moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.core.tokens.smtp_password import smtp_password
from infra.local.cloud import Cloud
from infra.local.mailbox import Mailbox
from infra.local.ses import SesError, SesSimulator, Submission
from infra.local.smtp_users import SmtpAuthenticator, SmtpUser

A = f"arn:aws:ses:us-east-1:{Cloud.account_id}:"
OURS = [f"{A}identity/example.com", f"{A}configuration-set/ours"]


@dataclass
class Account:
    """`example.com`, whose default set is `ours`, and one IAM user."""

    cloud: Cloud
    ses: SesSimulator
    mailbox: Mailbox

    def __post_init__(self) -> None:
        self.users = SmtpAuthenticator(self.cloud, self.ses)
        self.iam = self.cloud.client("iam")
        sesv2 = self.cloud.client("sesv2")
        for name in ("ours", "theirs"):
            sesv2.create_configuration_set(ConfigurationSetName=name)
        sesv2.create_email_identity(EmailIdentity="example.com", ConfigurationSetName="ours")
        sesv2.create_email_identity(EmailIdentity="elsewhere.org")
        self.iam.create_user(UserName="u", Path="/staffetta/smtp/")

    def allow(self, *resources: str, **condition: Any) -> None:
        statement = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": list(resources), **condition}
        self.iam.put_user_policy(
            UserName="u", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )

    def key(self) -> tuple[str, str]:
        """Returns a new key's id and SMTP password."""
        key = self.iam.create_access_key(UserName="u")["AccessKey"]
        return key["AccessKeyId"], smtp_password(key["SecretAccessKey"], "us-east-1")

    def signed_in(self) -> SmtpUser:
        user = self.users.authenticate(*self.key())
        assert user
        return user


@pytest.fixture
def account() -> Iterator[Account]:
    mailbox = Mailbox()
    ses = SesSimulator(region="us-east-1", account_id=Cloud.account_id, mailbox=mailbox, publish=lambda *_: None)
    ses.start()
    yield Account(Cloud(ses=ses.wsgi), ses, mailbox)
    ses.stop()


def mail(sender: str = "orders@example.com", header: str = "", **settings: Any) -> Submission:
    raw = f"From: Orders <{sender}>\r\nTo: ada@customer.test\r\nSubject: x\r\n{header}\r\nBody\r\n"
    return Submission(raw=raw.encode(), destinations=("ada@customer.test",), **settings)


def refusal(user: SmtpUser, submission: Submission) -> str:
    with pytest.raises(SesError) as caught:
        user.submit(submission)
    assert caught.value.code == "AccessDenied"
    return caught.value.message


def denied(resource: str) -> str:
    return (
        f"User `arn:aws:iam::{Cloud.account_id}:user/staffetta/smtp/u' is not authorized to perform `ses:SendRawEmail' "
        f"on resource `{A}{resource}'"
    )


def test_the_password_is_the_one_that_ses_derives(account: Account) -> None:
    user, password = account.key()
    signed_in = account.users.authenticate(user, password)
    assert signed_in
    assert signed_in.name == "u"
    assert account.users.authenticate(user, password[:-1]) is None
    assert account.users.authenticate(user, "pässword") is None
    assert account.users.authenticate("AKIANOBODY", password) is None
    assert account.users.authenticate("AKIANOBODY", smtp_password("", "us-east-1")) is None
    assert account.users.authenticate("u", password) is None
    assert password not in repr(signed_in)


def test_a_key_that_ends_is_refused_at_once(account: Account) -> None:
    """An inactive or deleted key is refused at sign-in and in an open session. The user's other key still works."""
    account.allow(*OURS)
    (first, first_password), (second, second_password) = account.key(), account.key()
    open_sessions = [
        account.users.authenticate(first, first_password),
        account.users.authenticate(second, second_password),
    ]
    assert all(session and session.submit(mail()) for session in open_sessions)
    account.iam.update_access_key(UserName="u", AccessKeyId=first, Status="Inactive")
    account.iam.delete_access_key(UserName="u", AccessKeyId=second)
    assert account.users.authenticate(first, first_password) is None
    assert account.users.authenticate(second, second_password) is None
    for session in open_sessions:
        assert session
        assert refusal(session, mail()) == denied("identity/example.com")
    account.iam.update_access_key(UserName="u", AccessKeyId=first, Status="Active")
    again = account.users.authenticate(first, first_password)
    assert again
    assert again.submit(mail())


def test_without_a_policy_nothing_is_sent(account: Account) -> None:
    assert refusal(account.signed_in(), mail()) == denied("identity/example.com")
    assert list(account.mailbox.all()) == []


def test_a_policy_binds_the_sender_and_the_configuration_set(account: Account) -> None:
    """It checks the header's From, verified or not, and the set, also the default set."""
    account.allow(*OURS)
    user = account.signed_in()
    assert user.submit(mail())
    assert user.submit(mail("orders@mail.example.com", "X-SES-CONFIGURATION-SET: ours\r\n"))
    assert refusal(user, mail("a@elsewhere.org")) == denied("identity/elsewhere.org")
    assert refusal(user, mail("a@nobody.test")) == denied("identity/a@nobody.test")
    assert refusal(user, mail(header="X-SES-CONFIGURATION-SET: theirs\r\n")) == denied("configuration-set/theirs")
    assert refusal(user, mail(header="X-SES-CONFIGURATION-SET: none\r\n")) == denied("configuration-set/none")
    foreign = "arn:aws:ses:us-east-1:999999999999:identity/bank.test"
    assert foreign in refusal(user, mail(header=f"X-SES-FROM-ARN: {foreign}\r\n"))
    account.allow(OURS[0])
    assert refusal(user, mail()) == denied("configuration-set/ours")
    assert account.ses.drain(5)
    assert len(list(account.mailbox.all())) == 2


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringLike": {"ses:FromAddress": "*@example.com"}}, True),
        ({"StringLike": {"ses:FromAddress": "billing@*"}}, False),
        ({"StringEquals": {"ses:FromDisplayName": "Orders"}}, True),
        ({"StringEquals": {"ses:FeedbackAddress": "bounces@example.com"}}, True),
        ({"ForAllValues:StringLike": {"ses:Recipients": "*@customer.test"}}, True),
        ({"ForAllValues:StringLike": {"ses:Recipients": "*@else.test"}}, False),
        ({"StringEquals": {"aws:SourceIp": "203.0.113.9"}}, True),
        ({"StringEquals": {"aws:username": "u"}, "Bool": {"aws:SecureTransport": "true"}}, True),
        ({"StringEquals": {"ses:ApiVersion": "1"}}, False),
    ],
)
def test_conditions_are_checked_against_the_message(account: Account, condition: Any, allowed: bool) -> None:
    account.allow(*OURS, Condition=condition)
    user, submission = account.signed_in(), mail(source="bounces@example.com", source_ip="203.0.113.9")
    if allowed:
        assert user.submit(submission)
    else:
        assert refusal(user, submission) == denied("identity/example.com")


def test_an_unsupported_condition_is_a_refusal(account: Account) -> None:
    account.allow(*OURS, Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})
    assert "DateLessThan" in refusal(account.signed_in(), mail())


def test_a_groups_policies_count_and_a_deny_wins(account: Account) -> None:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}
    account.iam.create_group(GroupName="g")
    account.iam.put_group_policy(
        GroupName="g", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    user = account.signed_in()
    assert refusal(user, mail())
    account.iam.add_user_to_group(GroupName="g", UserName="u")
    assert user.submit(mail())
    denial = {**statement, "Effect": "Deny", "Resource": f"{A}configuration-set/ours"}
    account.iam.put_user_policy(
        UserName="u", PolicyName="no", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    )
    assert refusal(user, mail()) == denied("configuration-set/ours")


def test_another_accounts_identity_is_not_simulated(account: Account) -> None:
    account.allow("*")
    with pytest.raises(SesError, match="X-SES-SOURCE-ARN is not supported locally"):
        account.signed_in().submit(mail(header=f"X-SES-SOURCE-ARN: {OURS[0]}\r\n"))


def test_a_permissions_boundary_limits_what_the_policies_give(account: Account) -> None:
    """A deleted boundary allows nothing."""
    statement = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": OURS}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    boundary = account.iam.create_policy(PolicyName="b", PolicyDocument=document)["Policy"]["Arn"]
    account.iam.delete_user(UserName="u")
    account.iam.create_user(UserName="u", Path="/staffetta/smtp/", PermissionsBoundary=boundary)
    user = account.signed_in()
    assert refusal(user, mail()) == denied("identity/example.com"), "a boundary gives nothing"
    account.allow("*")
    assert user.submit(mail())
    assert refusal(user, mail("a@elsewhere.org")) == denied("identity/elsewhere.org")
    account.iam.delete_policy(PolicyArn=boundary)
    assert refusal(user, mail()) == denied("identity/example.com")


def test_a_message_without_a_sender_is_refused(account: Account) -> None:
    account.allow(*OURS)
    with pytest.raises(SesError, match="Missing required header 'From'"):
        account.signed_in().submit(Submission(raw=b"Subject: x\r\n\r\nx", destinations=("a@b.test",)))
