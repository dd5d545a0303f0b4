"""The form of an automation: fields for what its definition has. The YAML view shows the same draft.

Each button for a step, a case or a condition sends the form, and it is shown again with what was entered. Only storing changes the
draft: as the API does, by the text of the definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from functions.core.access.audit import AuditAction
from functions.core.access.scopes import MARKETING_EMAIL
from functions.core.automations import checking
from functions.core.automations.automation import Automation
from functions.core.automations.definition import BRANCHES_MAX, STEPS_MAX, Condition
from functions.core.automations.form import automation_form as forms
from functions.core.automations.form import changes, condition_fields
from functions.core.automations.form.automation_form import AutomationForm, FormDefinition
from functions.core.automations.form.fields import ORIGINAL, ROWS_MAX, count_of, original_value
from functions.core.automations.words import AutomationWords
from functions.core.errors import FieldError, NotFound, Rejected
from functions.http.responses import HtmlPage
from functions.i18n.catalogs import catalog
from functions.pages.automations import form_words, value_fields
from functions.pages.automations.automations import (
    AUTOMATIONS,
    automation,
    deleted_meanwhile,
    editor,
    later_draft,
    log,
    path_of,
    published_notice,
    replaced_change,
)
from functions.pages.once import once
from functions.pages.page import get, post
from functions.pages.visit import PageVisit
from functions.steps.automations.manage_automations import CheckedDefinition

NEW = f"{AUTOMATIONS}/new"
_PUBLISH = "publish"
_STORING = ("", _PUBLISH)  # the buttons that store; every other one changes the form only
_UNCHECKED = CheckedDefinition([], [])
_Result = TypeVar("_Result")


def show_new(visit: PageVisit) -> HtmlPage:
    return _page(visit, _entered(visit) if visit.errors else changes.new_form(), None)


def create(visit: PageVisit) -> HtmlPage:
    form = _entered(visit)
    if (act := visit.value("act")) not in _STORING:
        return _page(visit, form, None, focus=changes.apply(form, act), is_stored=False)
    definition = forms.definition_of(form)
    text = forms.written(definition.document)
    _check_before_publishing(visit, text, definition, None)
    created = _at_fields(definition, lambda: editor().create(text, visit.actor))
    log(visit, AuditAction.AUTOMATION_CREATED, created, name=created.name)
    return _stored(visit, created)


def show_edit(visit: PageVisit) -> HtmlPage:
    one = automation(visit)
    draft = editor().draft(one.id)
    if visit.errors:
        form = _entered(visit)
        return _page(visit, form, one, is_stored=False, theirs=later_draft(visit, one, draft, _text_of(form, draft)))
    try:
        definition, _ = checking.read(draft)
    except Rejected:  # it was stored before a rule that it breaks
        notice = visit.gettext("Fields cannot show this draft: correct it here first.")
        return visit.redirect(f"{path_of(one)}/yaml", notice)
    form, order = forms.form_of(definition), [step.id for step in definition.steps]
    checked, fields_of = editor().check(draft, one.id), forms.definition_of(form)
    placed = CheckedDefinition(_placed(checked.errors, fields_of, order), _placed(checked.warnings, fields_of, order))
    return _page(visit, form, one, placed)


def save(visit: PageVisit) -> HtmlPage:
    form = _entered(visit)
    try:
        one = automation(visit)
    except NotFound:
        return _page(visit.with_errors([deleted_meanwhile("")]), form, None, is_stored=False)
    if (act := visit.value("act")) not in _STORING:
        return _page(visit, form, one, focus=changes.apply(form, act), is_stored=False)
    definition = forms.definition_of(form)
    text = forms.rewritten(editor().draft(one.id), definition.document)
    _check_before_publishing(visit, text, definition, one.id)
    saved = _at_fields(definition, lambda: editor().update(one.id, text, visit.actor, replaced_change(visit)))
    log(visit, AuditAction.AUTOMATION_CHANGED, saved)
    return _stored(visit, saved)


_EDIT = f"{AUTOMATIONS}/{{automationId}}/edit"
PAGES = (
    get(NEW, show_new, MARKETING_EMAIL),
    post(NEW, once(create, confirms=True), MARKETING_EMAIL, back=show_new),
    get(_EDIT, show_edit, MARKETING_EMAIL),
    post(_EDIT, save, MARKETING_EMAIL, back=show_edit),
)


def _entered(visit: PageVisit) -> AutomationForm:
    """The field of a value may come several times: its boxes, or the ends of a range."""
    entered = visit.fields()
    values = {
        name: value_fields.joined(visit.values(name), entered.get(f"{name}-joint", ""))
        for name in entered
        if name.endswith("-value")
    }
    return forms.entered(entered | values, visit.values("step"))


def _text_of(form: AutomationForm, draft: str) -> str:
    """Returns the text of a form, or an empty one if it has errors."""
    try:
        return forms.rewritten(draft, forms.definition_of(form).document)
    except Rejected:
        return ""


def _stored(visit: PageVisit, one: Automation) -> HtmlPage:
    if visit.value("act") != _PUBLISH:
        return visit.redirect(f"{path_of(one)}/edit", visit.gettext("The draft is stored."))
    published = editor().publish(one.id, visit.actor, one.change).automation
    log(visit, AuditAction.AUTOMATION_PUBLISHED, published, version=published.published_version)
    return visit.redirect(path_of(published), published_notice(visit, published))


def _check_before_publishing(visit: PageVisit, text: str, definition: FormDefinition, number: int | None) -> None:
    """Raises Rejected before anything is stored."""
    if visit.value("act") == _PUBLISH and (errors := editor().check(text, number).errors):
        raise Rejected(_placed(errors, definition, _order(text)))


def _order(text: str) -> Sequence[str]:
    try:
        return [step.id for step in checking.read(text)[0].steps]
    except Rejected:
        return []


def _at_fields(definition: FormDefinition, act: Callable[[], _Result]) -> _Result:
    """Raises Rejected with each error at its field."""
    try:
        return act()
    except Rejected as refusal:
        raise Rejected(_placed(refusal.errors, definition)) from refusal


def _placed(errors: Iterable[FieldError], definition: FormDefinition, order: Sequence[str] = ()) -> list[FieldError]:
    """An empty field has no value to correct, so how one is written does not help."""
    return [
        FieldError(definition.field_of(one.field, order), "must be filled in", one.code)
        if one.code == checking.REQUIRED
        else FieldError(definition.field_of(one.field, order), one.message, one.code)
        for one in errors
    ]


def _page(
    visit: PageVisit,
    form: AutomationForm,
    one: Automation | None,
    checked: CheckedDefinition = _UNCHECKED,
    *,
    focus: str = "",
    is_stored: bool = True,
    theirs: str = "",
) -> HtmlPage:
    """`checked`: what the check of the stored draft found. `focus`: the step that a button was about. `theirs`: how the form differs from
    a later draft of another person.
    """
    choices = form_words.choices_of(visit, form, one)
    return visit.page(
        "automations/edit.html",
        automation=one,
        path=path_of(one) if one else "",
        action=f"{path_of(one)}/edit" if one else NEW,
        form=form,
        numbers={step.key: number for number, step in enumerate(form.steps(), 1)},
        choices=choices,
        value_of_condition=partial(value_fields.of_condition, visit, choices.definitions),
        value_of_property=lambda name, text: value_fields.of_property(visit, choices.definitions.get(name), text),
        targets=form_words.targets_of(visit, form),
        options={
            name: form_words.translated(visit, getattr(form_words, name))
            for name in ("TRIGGERS", "STEPS", "UNITS", "SIDES", "HAPPENED", "JOINERS", "WEEKDAYS")
        },
        enrollments=[
            (str(code), visit.gettext(text), visit.gettext(help_))
            for code, (text, help_) in form_words.ENROLLMENTS.items()
        ],
        checked=checked,
        wrong=_by_field(visit, [*visit.errors, *checked.errors]),
        warned=_by_field(visit, checked.warnings),
        focus=focus,
        is_stored=is_stored,
        theirs=theirs,
        originals=_originals,
        nested=lambda values, name: _nested(visit, values, name, dict(choices.mails)),
        limits={"steps": STEPS_MAX, "rows": ROWS_MAX, "ways": BRANCHES_MAX},
        rows_of=condition_fields.rows_of,
        count_of=count_of,
    )


def _by_field(visit: PageVisit, errors: Iterable[FieldError]) -> Mapping[str, Sequence[str]]:
    messages: dict[str, list[str]] = {}
    for error in errors:
        messages.setdefault(error.field, []).append(visit.error_message(error.message))
    return messages


def _originals(values: Mapping[str, str]) -> Mapping[str, str]:
    return {name: text for name, text in values.items() if name.endswith(ORIGINAL)}


def _nested(visit: PageVisit, values: Mapping[str, str], name: str, mails: Mapping[str, str]) -> str:
    """Returns a condition that rows cannot show, in words. `mails`: the names of the steps that send one, by their keys."""
    if condition_fields.rows_of(values, name) or (original := original_value(values, name)) is None:
        return ""
    try:
        condition = msgspec.convert(original, Condition)
    except msgspec.ValidationError:
        return ""
    return AutomationWords(visit.visitor.language, catalog(visit.visitor.language), mails=mails).of_condition(condition)
