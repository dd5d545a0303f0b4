"""Automations: the list, a draft with its errors, what is published, and its diagram."""

from __future__ import annotations

from markupsafe import Markup

from functions import wiring
from functions.core import addresses
from functions.core.access.audit import AuditAction
from functions.core.access.scopes import MARKETING_EMAIL
from functions.core.automations import checking, diagram
from functions.core.automations.automation import Automation, AutomationStatus
from functions.core.automations.definition import (
    SOURCE_MAX,
    Definition,
)
from functions.core.automations.words import AutomationWords
from functions.core.errors import FieldError, NotFound, Rejected
from functions.core.templates import differences
from functions.http.responses import HtmlPage
from functions.i18n.catalogs import catalog
from functions.i18n.marks import N_
from functions.pages import fields
from functions.pages.once import once
from functions.pages.page import MenuGroup, get, post
from functions.pages.visit import PageVisit
from functions.steps.automations.manage_automations import AutomationEditor

AUTOMATIONS = "/console/automations"
STATUS_WORDS = {
    AutomationStatus.DRAFT: (N_("Draft"), ""),
    AutomationStatus.ACTIVE: (N_("Active"), "good"),
    AutomationStatus.PAUSED: (N_("Paused"), "bad"),
}
EXAMPLE = """name: First order
trigger: {type: event, event: order_placed}
steps:
  - {id: confirm, type: send_email, email: 1}
"""


def list_automations(visit: PageVisit) -> HtmlPage:
    rows = [(one, path_of(one), *STATUS_WORDS[one.status]) for one in editor().all()]
    return visit.page("automations/automations.html", rows=rows)


def show_create(visit: PageVisit) -> HtmlPage:
    starters = [
        (one.name, visit.gettext(one.title), visit.gettext(one.description))
        for one in wiring.get(wiring.automations.create_from_starter).all()
    ]
    return visit.page("automations/create.html", starters=starters, example=EXAMPLE)


def create(visit: PageVisit) -> HtmlPage:
    created = editor().create(_definition(visit), visit.actor)
    log(visit, AuditAction.AUTOMATION_CREATED, created, name=created.name)
    return visit.redirect(path_of(created), visit.gettext("The draft is stored."))


def create_from_starter(visit: PageVisit) -> HtmlPage:
    sender = visit.value("from")
    try:
        address = addresses.parse(sender) if sender else None
    except ValueError as error:
        raise Rejected([FieldError("from", str(error))]) from None
    name = visit.value("starter")
    created = wiring.get(wiring.automations.create_from_starter)(name, visit.actor, address)
    emails = ", ".join(map(str, created.published))
    log(
        visit,
        AuditAction.AUTOMATION_CREATED,
        created.automation,
        name=created.automation.name,
        starter=name,
        published_emails=emails,
    )
    notice = visit.gettext("The draft is stored.")
    if emails:
        notice = visit.gettext("The draft is stored, and its emails are published: %(emails)s.", emails=emails)
    return visit.redirect(path_of(created.automation), notice)


def show_automation(visit: PageVisit) -> HtmlPage:
    one = automation(visit)
    draft = editor().draft(one.id)
    drawn = published_definition(one) or _readable(draft)
    counts = wiring.get(wiring.automations.read_runs).count(one.id)
    word, style = STATUS_WORDS[one.status]
    live = editor().version(one.id, one.published_version).text if one.published_version else ""
    return visit.page(
        "automations/automation.html",
        automation=one,
        path=path_of(one),
        word=word,
        style=style,
        draft=draft,
        changed=draft != live,
        checked=editor().check(draft, one.id),
        diagram=Markup(diagram.drawn(drawn, counts, words_of(visit, drawn))) if drawn else "",  # noqa: S704 - it escapes each text itself
        steps=[(step.id, counts.get(step.id, 0)) for step in drawn.steps] if drawn else [],
        counts=counts,
        inside=max(0, counts.get("entered", 0) - sum(counts.get(name, 0) for name in ("ended", "stopped", "failed"))),
        versions=editor().versions(one.id),
    )


def show_yaml(visit: PageVisit) -> HtmlPage:
    one = automation(visit)
    draft = editor().draft(one.id)
    return visit.page(
        "automations/yaml.html",
        automation=one,
        path=path_of(one),
        draft=draft,
        checked=editor().check(draft, one.id),
        theirs=later_draft(visit, one, draft, visit.text("definition")),
    )


def save_draft(visit: PageVisit) -> HtmlPage:
    try:
        one = automation(visit)
    except NotFound:
        return show_create(visit.with_errors([deleted_meanwhile("definition")]))
    saved = editor().update(one.id, _definition(visit), visit.actor, replaced_change(visit))
    log(visit, AuditAction.AUTOMATION_CHANGED, saved)
    return visit.redirect(f"{path_of(saved)}/yaml", visit.gettext("The draft is stored."))


def publish(visit: PageVisit) -> HtmlPage:
    published = editor().publish(automation(visit).id, visit.actor, fields.number(visit.value("change"))).automation
    log(visit, AuditAction.AUTOMATION_PUBLISHED, published, version=published.published_version)
    return visit.redirect(path_of(published), published_notice(visit, published))


def pause(visit: PageVisit) -> HtmlPage:
    paused = editor().pause(automation(visit).id, visit.actor)
    log(visit, AuditAction.AUTOMATION_PAUSED, paused)
    return visit.redirect(path_of(paused), visit.gettext("No contact enters. The runs inside go on."))


def resume(visit: PageVisit) -> HtmlPage:
    resumed = editor().resume(automation(visit).id, visit.actor)
    log(visit, AuditAction.AUTOMATION_RESUMED, resumed)
    return visit.redirect(path_of(resumed), visit.gettext("Contacts enter again."))


def confirm_stop(visit: PageVisit) -> HtmlPage:
    one = automation(visit)
    return visit.confirm(
        visit.gettext("Stop every run?"),
        visit.gettext("%(name)s is paused, and no run in it sends another mail.", name=one.name),
        visit.gettext("Stop every run"),
        path_of(one),
    )


def stop(visit: PageVisit) -> HtmlPage:
    stopped = editor().stop_runs(automation(visit).id, visit.actor)
    log(visit, AuditAction.AUTOMATION_RUNS_STOPPED, stopped)
    return visit.redirect(path_of(stopped), visit.gettext("The runs are being stopped."))


def confirm_delete(visit: PageVisit) -> HtmlPage:
    one = automation(visit)
    return visit.confirm(
        visit.gettext("Delete this automation?"),
        visit.gettext("%(name)s is deleted for good, with its versions.", name=one.name),
        visit.gettext("Delete the automation"),
        path_of(one),
    )


def delete(visit: PageVisit) -> HtmlPage:
    one = automation(visit)
    editor().delete(one.id, visit.actor)
    log(visit, AuditAction.AUTOMATION_DELETED, one)
    return visit.redirect(AUTOMATIONS, visit.gettext("The automation is deleted."))


_AUTOMATION = f"{AUTOMATIONS}/{{automationId}}"
PAGES = (
    get(AUTOMATIONS, list_automations, MARKETING_EMAIL, menu=(MenuGroup.EMAIL, N_("Automations"))),
    get(f"{AUTOMATIONS}/create", show_create, MARKETING_EMAIL),
    post(f"{AUTOMATIONS}/create", once(create), MARKETING_EMAIL, back=show_create),
    post(f"{AUTOMATIONS}/starters", once(create_from_starter), MARKETING_EMAIL, back=show_create),
    get(_AUTOMATION, show_automation, MARKETING_EMAIL),
    get(f"{_AUTOMATION}/yaml", show_yaml, MARKETING_EMAIL),
    post(f"{_AUTOMATION}/draft", save_draft, MARKETING_EMAIL, back=show_yaml),
    post(f"{_AUTOMATION}/publish", publish, MARKETING_EMAIL, back=show_automation),
    post(f"{_AUTOMATION}/pause", pause, MARKETING_EMAIL, back=show_automation),
    post(f"{_AUTOMATION}/resume", resume, MARKETING_EMAIL, back=show_automation),
    get(f"{_AUTOMATION}/stop", confirm_stop, MARKETING_EMAIL),
    post(f"{_AUTOMATION}/stop", stop, MARKETING_EMAIL, back=confirm_stop),
    get(f"{_AUTOMATION}/delete", confirm_delete, MARKETING_EMAIL),
    post(f"{_AUTOMATION}/delete", delete, MARKETING_EMAIL, back=confirm_delete),
)


def editor() -> AutomationEditor:
    return wiring.get(wiring.automations.edit_automations)


def automation(visit: PageVisit) -> Automation:
    """Raises NotFound."""
    number = fields.number(visit.path("automationId"))
    if number is None:
        raise NotFound("an automation's address ends in its number")
    return editor().get(number)


def replaced_change(visit: PageVisit) -> int | None:
    """Returns the state of the automation that a form replaces: the one that it shows, or a later one by choice (`over`)."""
    return fields.number(visit.value("over") or visit.value("change"))


def later_draft(visit: PageVisit, one: Automation, draft: str, entered: str) -> str:
    """Returns how the text that was entered differs from what another person stored meanwhile: empty without a later draft."""
    is_refused = any(error.code == "CONFLICT" for error in visit.errors)
    if not is_refused or replaced_change(visit) == one.change:
        return ""
    return differences.of_text(draft, entered, (visit.gettext("stored"), visit.gettext("yours")))


def deleted_meanwhile(field: str) -> FieldError:
    """What was entered is shown again: as what it was, it cannot be stored."""
    return FieldError(field, "the automation was deleted meanwhile: this can be stored as a new one", "NOT_FOUND")


def words_of(visit: PageVisit, definition: Definition) -> AutomationWords:
    """Returns words with the names of what the definition names."""
    language = visit.visitor.language
    return AutomationWords(language, catalog(language), editor().names(definition))


def published_notice(visit: PageVisit, one: Automation) -> str:
    return visit.gettext("Version %(number)s is published: contacts enter it.", number=one.published_version)


def path_of(one: Automation) -> str:
    return f"{AUTOMATIONS}/{one.id}"


def published_definition(one: Automation) -> Definition | None:
    return _readable(editor().version(one.id, one.published_version).text) if one.published_version else None


def _readable(text: str) -> Definition | None:
    try:
        return checking.read(text)[0]
    except Rejected:
        return None


def _definition(visit: PageVisit) -> str:
    """Raises Rejected."""
    text = visit.text("definition")
    if len(text) > SOURCE_MAX:
        raise Rejected([FieldError("definition", f"is longer than {SOURCE_MAX:,} characters")])
    return text


def log(visit: PageVisit, action: AuditAction, one: Automation, **detail: str | int) -> None:
    wiring.get(wiring.access.audit_log)(action, visit.actor, str(one.id), **detail)
