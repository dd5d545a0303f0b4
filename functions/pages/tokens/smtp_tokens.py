"""SMTP tokens: list, generate, details, reset and delete. The function smtp_tokens makes every change: the console's role may not call IAM."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from functions import wiring
from functions.core.access.scopes import REPORTS, TRANSACTIONAL_EMAIL
from functions.core.errors import FieldError, Rejected
from functions.core.statistics.periods import Interval
from functions.core.tokens.smtp_settings import PROGRAMS, SmtpEndpoint, SmtpSettings
from functions.core.tokens.smtp_token import name_errors
from functions.core.tokens.token_change import ChangedToken, TokenAction, TokenChange
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.events.message_rows import email_names, rows_of
from functions.pages.once import once
from functions.pages.page import MenuGroup, get, post
from functions.pages.statistics.figures import counters, figures, first_day
from functions.pages.visit import PageVisit
from functions.steps.events.search_messages import MessageQuery

TOKENS = "/console/smtp-tokens"
READ = (TRANSACTIONAL_EMAIL, REPORTS)
MAILS = 10
HOUR, DAY = 3600, 86400
GRACES = {  # seconds for which the present password still works
    str(HOUR): N_("They work for one more hour (recommended)"),
    str(DAY): N_("They work for one more day"),
    str(7 * DAY): N_("They work for one more week"),
    "0": N_("They stop at once"),
}
PROGRAM_NAMES = {
    "python": "Python",
    "nodemailer": "Nodemailer",
    "php": "PHPMailer",
    "wordpress": "WordPress",
    "django": "Django",
    "postfix": "Postfix",
    "msmtp": "msmtp",
    "s-nail": "s-nail",
    "perl": "Perl",
    "ruby": "Ruby",
}


def list_tokens(visit: PageVisit) -> HtmlPage:
    tokens = wiring.get(wiring.tokens.read_smtp_tokens).active()
    counted = counters([token.campaign_id for token in tokens])
    rows = [
        {"token": token, "path": _path(token.key_id), **figures(counted[token.campaign_id])}
        for token in reversed(tokens)
    ]
    return visit.page("tokens/smtp_tokens.html", rows=rows, may_change=visit.actor.may(TRANSACTIONAL_EMAIL))


def show_generate(visit: PageVisit) -> HtmlPage:
    domains = [domain.name for domain in wiring.get(wiring.domains.read_domains)()]
    return visit.page("tokens/generate.html", domains=[(name, name) for name in domains])


def generate(visit: PageVisit) -> HtmlPage:
    name = visit.value("name")
    if errors := name_errors(name):
        raise Rejected(errors)
    token = _change(
        visit,
        TokenAction.CREATE,
        name=name,
        create_contact=visit.value("contacts") == "on",
        domain=visit.value("domain"),
    )
    return _show_once(visit, token)


def show_token(visit: PageVisit) -> HtmlPage:
    token = wiring.get(wiring.tokens.read_smtp_tokens).get(visit.path("tokenId")).token
    intervals = wiring.get(wiring.statistics.histogram)(Interval.DAY, first_day(), None, [token.campaign_id])
    mails = wiring.get(wiring.events.search_messages)(MessageQuery(email_id=token.campaign_id), None, MAILS)
    return visit.page(
        "tokens/smtp_token.html",
        token=token,
        path=_path(token.key_id),
        figures=figures(counters([token.campaign_id])[token.campaign_id]),
        bars=[(f"{one.begin:%Y-%m-%d}", one.counters.get("sent", 0)) for one in intervals],
        rows=rows_of(mails.messages),
        names=email_names(mails.messages),
        more=bool(mails.next_cursor),
        may_change=visit.actor.may(TRANSACTIONAL_EMAIL),
    )


def show_reset(visit: PageVisit) -> HtmlPage:
    token = wiring.get(wiring.tokens.read_smtp_tokens).get(visit.path("tokenId")).token
    warnings = {"0": visit.gettext("Programs cannot send until they have the new ones.")}
    graces = [(seconds, visit.gettext(text), warnings.get(seconds, "")) for seconds, text in GRACES.items()]
    return visit.page("tokens/reset.html", token=token, path=_path(token.key_id), graces=graces)


def reset(visit: PageVisit) -> HtmlPage:
    grace = visit.value("grace")
    if grace not in GRACES:
        raise Rejected([FieldError("grace", "must be one of the choices")])
    token = _change(visit, TokenAction.RESET, key_id=visit.path("tokenId"), grace_seconds=int(grace))
    return _show_once(visit, token)


def confirm_delete(visit: PageVisit) -> HtmlPage:
    token = wiring.get(wiring.tokens.read_smtp_tokens).get(visit.path("tokenId")).token
    return visit.confirm(
        visit.gettext("Delete this token?"),
        visit.gettext(
            "Programs that use the token “%(name)s” can no longer send: its password stops working at once, for good. Its mails and their "
            "figures stay.",
            name=token.name,
        ),
        visit.gettext("Delete the token"),
        _path(token.key_id),
    )


def delete(visit: PageVisit) -> HtmlPage:
    token = _change(visit, TokenAction.DELETE, key_id=visit.path("tokenId"))
    return visit.redirect(TOKENS, visit.gettext("The token “%(name)s” is deleted.", name=token.name))


_TOKEN = f"{TOKENS}/{{tokenId}}"
PAGES = (
    get(TOKENS, list_tokens, *READ, menu=(MenuGroup.SETTINGS, N_("SMTP tokens"))),
    get(f"{TOKENS}/generate", show_generate, TRANSACTIONAL_EMAIL),
    post(f"{TOKENS}/generate", once(generate, TOKENS), TRANSACTIONAL_EMAIL, back=show_generate),
    get(_TOKEN, show_token, *READ),
    get(f"{_TOKEN}/reset", show_reset, TRANSACTIONAL_EMAIL),
    post(f"{_TOKEN}/reset", reset, TRANSACTIONAL_EMAIL, back=show_reset),
    get(f"{_TOKEN}/delete", confirm_delete, TRANSACTIONAL_EMAIL),
    post(f"{_TOKEN}/delete", delete, TRANSACTIONAL_EMAIL, back=confirm_delete),
)


def _path(key_id: str) -> str:
    return f"{TOKENS}/{quote(key_id, safe='')}"


def _change(visit: PageVisit, action: TokenAction, **fields: Any) -> ChangedToken:
    change = TokenChange(action=action, actor=visit.actor.name, scopes=visit.actor.scopes, **fields)
    return wiring.get(wiring.adapters.tokens.token_changes)(change)


def _show_once(visit: PageVisit, token: ChangedToken) -> HtmlPage:
    settings = wiring.container().settings
    server = SmtpEndpoint.parse(settings.smtp_server)
    smtp = SmtpSettings(
        host=server.host,
        port=server.port,
        tls_port=server.tls_port,
        user=token.key_id,
        password=token.password,
        domain=token.domain or settings.domain,
    )
    snippets = [(PROGRAM_NAMES[program], smtp.snippet(program)) for program in PROGRAMS]
    return visit.page("tokens/password.html", token=token, smtp=smtp, path=_path(token.key_id), snippets=snippets)
