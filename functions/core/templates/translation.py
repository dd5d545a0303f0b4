"""Reads, checks and compiles every part of one language of an email."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from jinja2 import nodes
from msgspec import Struct, field

from functions.core.addresses import TEXT_MAX
from functions.core.emails.email import EmailBody, TemplateSource
from functions.core.errors import ERRORS_MAX, FieldError, Rejected
from functions.core.sending import web_version
from functions.core.templates import contract, foreign_syntax, site_settings
from functions.core.templates.checking import checks, members, removed_links
from functions.core.templates.checking.removed_links import UNSUBSCRIBE_LINKS
from functions.core.templates.checking.undefaulted import printed_without_default
from functions.core.templates.compiling import Body, compiled
from functions.core.templates.contract import Variables
from functions.core.templates.default_content import expanded
from functions.core.templates.hubl import hubspot_names
from functions.core.templates.layouts import Find, assembled
from functions.core.templates.reading import NESTED_TOO_DEEP, read, tree
from functions.core.templates.rendering import NAMES
from functions.core.templates.source_map import MappedText
from functions.core.templates.variable_analysis import find_variables

FROM_NAME = "from.fromName"
_NAMES = NAMES.union(UNSUBSCRIBE_LINKS, (web_version.VARIABLE,))
_NO_WEB_VERSION = (
    f"has {web_version.VARIABLE}, but the email is sensitive: its content is not stored, so there is no page of it"
)
SOURCE_MAX = 500_000  # characters of one part, without its partials

Result = TypeVar("Result")


class Translation(Struct, frozen=True):
    content: EmailBody
    from_name: str
    variables: Variables
    warnings: tuple[FieldError, ...]
    omissions: tuple[FieldError, ...]  # errors of what publishing requires and a preview does not


class StageContent(Struct, frozen=True, kw_only=True):
    """What every email of a stage can print, and how the addresses of its images begin."""

    site_settings: Callable[[], Mapping[str, str]] = dict
    own_images: str = ""


_NO_STAGE = StageContent()


def translated(
    source: TemplateSource,
    partial: Find,
    *,
    from_name: str = "",
    language: str = "",
    own_language: str = "",
    unsubscribable: bool = False,
    sensitive: bool = False,
    stage: StageContent = _NO_STAGE,
) -> Translation:
    """`language` is empty for the email's own, which is `own_language`. The From name is the same in every language. Raises Rejected with every error of every part, by line and column."""
    return _Translator(partial, language, own_language, unsubscribable, sensitive, stage).whole(source, from_name)


def check_part(where: str, text: str, partial: Find) -> None:
    """Raises Rejected with the errors that a partial has by itself. The emails that use it decide about its variables."""
    composed = assembled(MappedText.of(where, text), partial)
    content = expanded(composed.text)
    errors = [*composed.errors, *content.errors, *read(content.text).errors]
    if errors:
        raise Rejected(errors)


class _Translator(Struct):
    partial: Find
    language: str
    own_language: str
    unsubscribable: bool
    sensitive: bool
    stage: StageContent
    errors: list[FieldError] = field(default_factory=list)
    warnings: list[FieldError] = field(default_factory=list)
    omissions: list[FieldError] = field(default_factory=list)
    variables: Variables = field(default_factory=contract.none_yet)

    def whole(self, source: TemplateSource, from_name: str) -> Translation:
        parts = {FROM_NAME: from_name, "subject": source.subject, str(source.syntax): source.body}
        parts |= {"plainTextVersion": source.text, "previewText": source.preview}
        whole = {name: self.part(name, text) for name, text in parts.items()}
        body, text, preview = (whole[name] for name in (str(source.syntax), "plainTextVersion", "previewText"))
        if not source.subject.strip():
            self.omissions.append(
                FieldError(self.where("subject"), "is empty: an email needs a subject", "REQUIRED_FIELD", 1, 1)
            )
        name = whole[FROM_NAME]
        if name and len(name.text) > TEXT_MAX:
            message = f"has {len(name.text):,} characters with its partials; {TEXT_MAX} are allowed"
            self.errors.append(FieldError(FROM_NAME, message, "TOO_LARGE", 1, 1))
        compiled_body = None
        if body and preview:
            linkless = body if self.unsubscribable else self.without_links(body)
            compiled_body = self.collect(
                lambda: compiled(linkless, source.syntax, preview, self.language or self.own_language)
            )
        if self.errors or not (compiled_body and body and text and name and whole["subject"]):
            raise Rejected([*self.errors, *self.omissions])
        content = self.content(source, whole["subject"], text, compiled_body)
        warnings = checks.warnings(
            content,
            body,
            self.where(str(source.syntax)),
            sensitive=self.sensitive,
            language=self.language or self.own_language,
            own_images=self.stage.own_images,
        )
        warnings += compiled_body.warnings[:ERRORS_MAX]
        return Translation(content, name.text, self.variables, (*self.warnings, *warnings), tuple(self.omissions))

    def content(self, source: TemplateSource, subject: MappedText, text: MappedText, body: Body) -> EmailBody:
        return EmailBody(subject.text, body.html, text.text if source.text.strip() else body.text)

    def where(self, name: str) -> str:
        if name == FROM_NAME:
            return name
        if self.language:
            return f"content.translations.{self.language}.{name}"
        return name if name == "subject" else f"content.{name}"

    def part(self, name: str, text: str) -> MappedText | None:
        if len(text) > SOURCE_MAX:
            message = f"has {len(text):,} characters; {SOURCE_MAX:,} are allowed"
            self.errors.append(FieldError(self.where(name), message, "TOO_LARGE", 1, 1))
            return None
        whole = self.collect(lambda: self.plain(MappedText.of(self.where(name), text)))
        template = self.collect(lambda: read(whole)) if whole else None
        if whole is None or template is None:
            return None
        self.errors += template.errors
        if template.tree:
            try:
                self.analyse(name, whole, template.tree)
            except RecursionError:
                self.errors.append(whole.error(0, NESTED_TOO_DEEP))
                return None
        return whole if template.tree and not template.errors else None

    def plain(self, source: MappedText) -> MappedText:
        """Returns the source with its partials, and with the default content of modules. Raises Rejected."""
        composed = assembled(source, self.partial)
        self.errors += composed.errors
        content = expanded(composed.text)
        self.errors += content.errors
        return content.text

    def collect(self, make: Callable[[], Result]) -> Result | None:
        """Returns the result. Collects the errors if it is rejected."""
        try:
            return make()
        except Rejected as error:
            self.errors += error.errors
            return None

    def analyse(self, name: str, whole: MappedText, template: nodes.Template) -> None:
        others = find_variables(template, self.variables)
        errors = {
            offset: _unknown(other, whole.text, offset) for other, offset in others.items() if other not in _NAMES
        }
        errors |= dict(members.hyphen_errors(template, whole.text))
        if self.sensitive and web_version.VARIABLE in others:
            errors[others[web_version.VARIABLE]] = _NO_WEB_VERSION
        self.errors += [
            whole.error(offset, message) for offset, message in sorted([*errors.items(), *members.all_errors(template)])
        ]
        for offset, hint in foreign_syntax.literal(whole.text):
            self.warnings.append(whole.error(offset, hint, "FOREIGN_SYNTAX"))
        for path, offset in printed_without_default(template).items():
            self.warnings += [whole.error(offset, message, code) for code, message in self.gaps(path)]
        link_names = (*UNSUBSCRIBE_LINKS, *site_settings.UNSUBSCRIBE_MARKUP)
        links = [node for node in template.find_all(nodes.Name) if node.name in link_names]
        if links and not self.unsubscribable:
            message = (
                f"has {links[0].name}, but the email is transactional: the link and its <a> are removed from each mail"
            )
            self.warnings.append(whole.error(links[0].lineno, message, "UNSUBSCRIBE_LINK_REMOVED"))
        if self.unsubscribable and name in {"html", "mjml"} and not links:
            message = (
                "has no unsubscribe link, which every non-transactional email needs: "
                "link to {{ unsubscribe_link }}, or add the block “Unsubscribe link”"
            )
            self.omissions.append(whole.error(len(whole.text), message, "MISSING_UNSUBSCRIBE_LINK"))

    def gaps(self, path: str) -> Iterator[tuple[str, str]]:
        """Yields a warning of what prints nothing without a value: a contact's property, or a setting that has none."""
        if path.startswith("contact."):
            yield "NO_DEFAULT", f"prints {path}, which a contact may lack: write {path}|default('...') to fill the gap"
        setting = site_settings.setting_of(path)
        if setting and not self.stage.site_settings().get(setting):
            yield "NO_VALUE", f"prints {path}, which has no value: set {setting} in the site settings"
        if path == site_settings.SUBSCRIPTION_NAME and not self.unsubscribable:
            yield "NO_VALUE", f"prints {path}, and the email is transactional: it prints nothing"

    def without_links(self, body: MappedText) -> MappedText:
        """Returns the body as it is if a block of Jinja2 begins or ends within a link: then the rendered link is removed."""
        cut = removed_links.without_links(body)
        try:
            tree(cut)
        except Rejected:
            return body
        return cut


def _unknown(name: str, text: str, offset: int) -> str:
    hint = foreign_syntax.hint_at(text, offset)
    return hubspot_names.unknown(name, _NAMES) + (f" ({hint})" if hint else "")
