"""The audit log: who did what, and when."""

from __future__ import annotations

from functools import partial
from operator import itemgetter

from functions import wiring
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import ACCOUNT
from functions.http.responses import HtmlPage
from functions.i18n.marks import N_
from functions.pages.access import audit_words
from functions.pages.page import MenuGroup, get
from functions.pages.visit import PageVisit
from functions.steps.access.search_audit import AuditSearch

PATH, PAGE = "/console/audit", 50
FIELDS = ("by", "action", "subject", "since", "until")


def show_audit(visit: PageVisit) -> HtmlPage:
    query = {name: visit.query.get(name, "").strip() for name in FIELDS}
    entries, after = wiring.get(wiring.access.search_audit)(
        AuditSearch(**query), PAGE, visit.actor, visit.query.get("after", "")
    )
    words = sorted(((str(action), audit_words.action_of(visit, action)) for action in AuditAction), key=itemgetter(1))
    return visit.page(
        "access/audit.html",
        entries=entries,
        after=after,
        query=query,
        actions=[("", visit.gettext("all")), *words],
        action_of=partial(audit_words.action_of, visit),
        detail_of=partial(audit_words.detail_of, visit),
    )


PAGES = (get(PATH, show_audit, ACCOUNT, menu=(MenuGroup.SETTINGS, N_("Audit log"))),)
