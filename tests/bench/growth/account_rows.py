"""Access, the account, tokens, domains and webhooks."""

from __future__ import annotations

import msgspec

from functions import wiring
from functions.adapters.aws.marshalling import to_item
from functions.core import timestamps
from functions.core.access.audit import AuditAction, LogEntry
from functions.core.access.roles import Role
from functions.core.access.users import User
from functions.core.addresses import Address
from functions.core.sending.send import RecipientRole, Send, SendRecipient, State
from functions.core.webhooks.webhook import ReplayJob, WebhookDelivery, WebhookEndpoint
from functions.steps.access.search_audit import AuditSearch
from tests.bench.growth.rows import ADA, DEAD_LETTERS, EMAILS, LARGE, MESSAGES, SECONDS, TOKENS, Calls, Growth, row
from tests.bench.growth.stage import FIRST_EMAIL, HOUR, NOW, TODAY, Stage, person, send_id
from tests.support.examples import a_document, a_revision

# Access


@row("access.search_audit.SearchAudit.__call__", "audit entries", Growth.BOUNDED, 100_000, (3_000, 6_000, 12_000))
def search_audit(stage: Stage, n: int) -> Calls:
    entry = LogEntry(id="", at="", action=AuditAction.EMAIL_CHANGED, by="ada@example.com", subject="1")
    stage.get(wiring.adapters.access.audit_entries).add(entry)
    pattern = stage.tables.only_item("audit")
    times = (timestamps.iso(NOW - n + number) for number in range(n))
    stage.tables.put_all("audit", (pattern | to_item({"entry": f"{at}#1", "at": at}) for at in times))
    before = ""
    while True:
        matches, before = stage.step(wiring.access.search_audit)(AuditSearch(by="nobody"), 50, ADA, before)
        yield len(matches)
        if not before:
            return


@row("access.manage_users.ManageUsers.all", "people", Growth.PER_RESULT, 1_000)
def users(stage: Stage, n: int) -> Calls:
    for number in range(n):
        user = User(
            email=f"u{number}@example.com", role=Role.ADMINISTRATOR, invited_at=HOUR, invited_by="ada@example.com"
        )
        stage.get(wiring.adapters.access.users).create(user)
    yield len(stage.step(wiring.access.manage_users).all(ADA))


# Account


@row("account.overview.GetOverview.__call__", "emails", Growth.WHOLE, EMAILS, (20, 80, 320), "their heads are read")
def overview(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(n))
    yield bool(stage.step(wiring.account.get_overview)(ADA))


@row("account.overview.GetOverview.__call__", "SMTP tokens", Growth.CONSTANT, TOKENS)
def overview_tokens(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(1))
    stage.tokens(n)
    yield bool(stage.step(wiring.account.get_overview)(ADA))


@row("account.get_sending_status.GetSendingStatus.__call__", "emails with recent mail", Growth.PER_RESULT, EMAILS)
def sending_status(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(n))
    yield len(stage.step(wiring.account.get_sending_status)().reputation.emails)


@row(
    "account.monitor_reputation.ReputationMonitor.__call__",
    "emails with recent mail",
    Growth.BOUNDED,
    EMAILS,
    (150, 300, 600),
)
def monitor_reputation(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(n, subscription="news"))
    stage.step(wiring.account.monitor_reputation)(stage.clock() + SECONDS)
    yield 1


@row("account.sweep.SweepSends.__call__", "emails with unsettled mail", Growth.BOUNDED, EMAILS, (60, 120, 240))
def sweep(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(n), pending=1)
    stage.step(wiring.account.sweep)(stage.clock() + SECONDS)
    yield 1


@row(
    "account.sweep.SweepSends.__call__",
    "messages of one email in an hour",
    Growth.BOUNDED,
    MESSAGES,
    (4_000, 16_000, 64_000),
)
def sweep_messages(stage: Stage, n: int) -> Calls:
    stage.sent_today(stage.emails(1), pending=1)
    stage.messages(n)
    stage.step(wiring.account.sweep)(stage.clock() + SECONDS)
    yield 1


@row("account.redrive.RedriveDeadLetters.__call__", "dead letters", Growth.PER_RESULT, DEAD_LETTERS, (20, 80, 320))
def redrive(stage: Stage, n: int) -> Calls:
    url = stage.container.settings.dead_letter_queue_url
    stage.messages(n, state=State.FAILED)
    for number in range(n):
        send = Send(
            id=send_id(number),
            email_id=FIRST_EMAIL,
            revision=1,
            accepted_at=f"{HOUR}:00:00.000Z",
            recipients=(SendRecipient(RecipientRole.TO, Address(person(number))),),
        )
        stage.queues.put(url, msgspec.json.encode(send).decode())
    yield stage.step(wiring.account.redrive)(ADA).total()


# Tokens and domains


@row("tokens.read_smtp_tokens.ReadSmtpTokens.page", "SMTP tokens", Growth.CONSTANT, TOKENS, (60, 240, 960))
def tokens_page(stage: Stage, n: int) -> Calls:
    stage.tokens(n)
    yield len(stage.step(wiring.tokens.read_smtp_tokens).page(name="", campaign_id="", after="", limit=20))


@row("tokens.read_smtp_tokens.ReadSmtpTokens.page", "deleted SMTP tokens", Growth.CONSTANT, TOKENS, (60, 240, 960))
def deleted_tokens(stage: Stage, n: int) -> Calls:
    stage.tokens(n, state="deleted")
    yield len(stage.step(wiring.tokens.read_smtp_tokens).page(name="", campaign_id="", after="", limit=20))


@row("tokens.read_smtp_tokens.ReadSmtpTokens.get", "SMTP tokens", Growth.CONSTANT, TOKENS)
def token(stage: Stage, n: int) -> Calls:
    stage.tokens(n)
    yield bool(stage.step(wiring.tokens.read_smtp_tokens).get("AKIA00000000"))


@row("tokens.read_smtp_tokens.ReadSmtpTokens.active", "SMTP tokens", Growth.PER_RESULT, TOKENS)
def active_tokens(stage: Stage, n: int) -> Calls:
    stage.tokens(n)
    yield len(stage.step(wiring.tokens.read_smtp_tokens).active())


@row(
    "tokens.reconcile.ReconcileSmtpTokens.__call__",
    "SMTP tokens",
    Growth.LIMITED,
    TOKENS,
    (20, 80, 320),
    "IAM allows 5,000 users",
)
def reconcile(stage: Stage, n: int) -> Calls:
    stage.tokens(n)
    stage.step(wiring.tokens.reconcile_smtp_tokens)()
    yield 1


@row(
    "tokens.reconcile.ReconcileSmtpTokens.__call__",
    "expired SMTP tokens",
    Growth.LIMITED,
    TOKENS,
    (20, 40, 80),
    "IAM allows 5,000 users, and the deletions are bounded",
)
def expired_tokens(stage: Stage, n: int) -> Calls:
    stage.tokens(n, expires_at=f"{HOUR}:00:00.000Z")
    left = n
    while left:
        deleted = len(stage.step(wiring.tokens.reconcile_smtp_tokens)(stage.clock() + SECONDS).expired)
        left -= deleted
        yield deleted


@row("tokens.reconcile.ReconcileSmtpTokens.__call__", "users without a token", Growth.BOUNDED, TOKENS, (60, 120, 240))
def orphan_users(stage: Stage, n: int) -> Calls:
    stage.users.keys |= {f"staffetta-smtp-{FIRST_EMAIL + number}": ["AKIA"] for number in range(n)}
    left = n
    while left:
        deleted = len(stage.step(wiring.tokens.reconcile_smtp_tokens)(stage.clock() + SECONDS).orphans)
        left -= deleted
        yield deleted


# Webhooks


def endpoint(stage: Stage) -> None:
    one = WebhookEndpoint(
        id="w000",
        url="https://hooks.example/in",
        event_types=("*",),
        description="",
        active=True,
        created_at=HOUR,
        updated_at=HOUR,
        secret_version=1,
    )
    stage.get(wiring.adapters.webhooks.webhook_endpoints).save(one)


@row("webhooks.list_deliveries.ListDeliveries.__call__", "deliveries of a webhook", Growth.CONSTANT, 100_000)
def deliveries(stage: Stage, n: int) -> Calls:
    endpoint(stage)
    one = WebhookDelivery(endpoint_id="w000", id="d", event_id="e", event_type="message.sent", at=f"{HOUR}:00:00.000Z")
    stage.get(wiring.adapters.webhooks.webhook_deliveries).save(one)
    stage.get(wiring.adapters.webhooks.webhook_endpoints).delete("w000")
    pattern = stage.tables.only_item("webhooks")
    endpoint(stage)
    stage.tables.put_all("webhooks", (pattern | to_item({"part": f"d{number:08}"}) for number in range(n)))
    yield len(stage.step(wiring.webhooks.list_deliveries)("w000", 20, ""))


@row("webhooks.replay.ReplayRange.__call__", "messages of one email", Growth.BOUNDED, MESSAGES, LARGE)
def replay(stage: Stage, n: int) -> Calls:
    endpoint(stage)
    stage.messages(n)
    since = timestamps.iso(NOW - 3_000_000)
    job = ReplayJob(
        endpoint_id="w000",
        since=since,
        until=timestamps.iso(NOW),
        email_id=FIRST_EMAIL,
        accepted_since=since,
        again=False,
    )
    stage.step(wiring.webhooks.replay_range)(job)
    yield 1


@row("webhooks.replay.ReplayRange.__call__", "emails with recent mail", Growth.PER_RESULT, EMAILS)
def replay_emails(stage: Stage, n: int) -> Calls:
    endpoint(stage)
    stage.sent_today(stage.emails(n))
    stage.step(wiring.webhooks.replay_range)(
        ReplayJob(endpoint_id="w000", since=f"{TODAY}T00:00:00.000Z", until=timestamps.iso(NOW), again=False)
    )
    yield stage.queues.depth(stage.container.settings.webhook_queue_url)


# Domains


@row(
    "domains.domain_uses.FindDomainUses.__call__",
    "published emails",
    Growth.WHOLE,
    EMAILS,
    (20, 80, 320),
    "each may send as the domain",
)
def domain_uses(stage: Stage, n: int) -> Calls:
    emails = stage.get(wiring.adapters.emails.emails)
    stage.emails(n)
    for email in emails.all():
        emails.publish(email, a_revision(email_id=email.id), a_document())
    yield len(stage.step(wiring.domains.manage_domains).uses("mail.example.com"))


@row(
    "domains.manage_domains.DomainManager.remove",
    "SMTP tokens",
    Growth.WHOLE,
    TOKENS,
    (20, 80, 320),
    "the table is scanned",
)
def remove_domain(stage: Stage, n: int) -> Calls:
    from functions.core.domains.domain import Domain

    stage.tokens(n)
    stage.get(wiring.adapters.domains.domains).put(Domain(name="mail.example.com", created_at=HOUR))
    stage.step(wiring.domains.manage_domains).remove("mail.example.com", ADA)
    yield 1
