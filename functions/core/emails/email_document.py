"""An email as its author's program reads and writes it: a JSON object in HubSpot's names. We read our fields and store the others unchanged.

HubSpot has no field for a body: widgets have its parts. Staffetta's extensions are `content.html` or `content.mjml`, `content.previewText`, `content.trackOpens`,
`content.trackClicks`, `content.sensitive` (it overrides both switches), `content.sample` (the properties of a preview) and, by language, `content.translations`. `from.replyTo` is the From address, `from.customReplyTo` is Reply-To.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import addresses, ids, timestamps
from functions.core.addresses import Address
from functions.core.emails import document_fields, widgets
from functions.core.emails.email import (
    NAME_MAX,
    TRANSACTIONAL,
    EmailDraft,
    SampleData,
    Subcategory,
    TemplateSource,
    TemplateSyntax,
)
from functions.core.emails.languages import is_language
from functions.core.emails.merge_patch import JSON
from functions.core.errors import FieldError, Rejected
from functions.core.models.nodes import excerpt

Starters = Callable[[str], EmailDraft | None]  # name → starter

LANGUAGE = "en"
STARTER_PATH = "templates/email/"


class Head(Struct, frozen=True, kw_only=True):
    """The fields of an email that a list shows, as its document has them."""

    name: str
    subcategory: Subcategory
    subscription: str
    campaign: str


def written(draft: EmailDraft) -> dict[str, Any]:
    """Returns the document of a draft. It reads back as the same draft."""
    sender = {"fromName": draft.sender.name, "replyTo": draft.sender.email}
    if draft.reply_to:
        sender["customReplyTo"] = _written_address(draft.reply_to)
    translations = {language: _written_source(source) for language, source in draft.variants.items()}
    content = _written_source(draft.source)
    subject = content.pop("subject")
    switches = {"trackOpens": draft.track_opens, "trackClicks": draft.track_clicks}
    more = {"sensitive": draft.sensitive, "translations": translations, "sample": _written_sample(draft.sample)}
    return {
        "name": draft.name,
        "subject": subject,
        "from": sender,
        "content": {**content, **switches, **{name: value for name, value in more.items() if value}},
        "subcategory": str(draft.subcategory),
        "language": draft.language,
        **({"campaign": draft.campaign} if draft.campaign else {}),
        "subscriptionDetails": {"subscriptionId": draft.subscription},
    }


def _written_address(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email


def _written_source(source: TemplateSource) -> dict[str, Any]:
    required = {"subject": source.subject, str(source.syntax): source.body}
    optional = {"plainTextVersion": source.text, "previewText": source.preview}
    return required | {name: text for name, text in optional.items() if text}


def _written_sample(sample: SampleData) -> dict[str, Any]:
    groups = {"contactProperties": dict(sample.contact), "customProperties": dict(sample.custom)}
    return {name: properties for name, properties in groups.items() if properties}


def head_of(document: JSON) -> Head:
    """Raises Rejected with every error of the document that no later addition can correct."""
    reading = _DocumentReader(document)
    head = reading.head()
    reading.draft(0, lambda _: None)
    reading.finish(drafting=True)
    return head


def stored_head(document: JSON) -> Head:
    """Reads a document that was checked when it was stored."""
    return _DocumentReader(document).head()


def draft_of(email_id: int, document: JSON, starters: Starters, *, drafting: bool = False) -> EmailDraft:
    """Returns the content to publish. A draft may be incomplete. Raises Rejected with every wrong or missing field. The compiler
    reports errors of the templates.
    """
    reading = _DocumentReader(document)
    draft = reading.draft(email_id, starters)
    reading.finish(drafting=drafting)
    return draft


class _DocumentReader(Struct):
    """One pass over a document. It collects wrong fields, and apart from them missing ones."""

    document: JSON
    errors: list[FieldError] = field(default_factory=list)
    missing: list[FieldError] = field(default_factory=list)

    def finish(self, *, drafting: bool = False) -> None:
        errors = self.errors if drafting else [*self.errors, *self.missing]
        if errors:
            raise Rejected(list(dict.fromkeys(errors)))

    def head(self) -> Head:
        return Head(
            name=self.name(),
            subcategory=self.subcategory(),
            subscription=self.subscription(),
            campaign=self.text(self.document, "campaign"),
        )

    def draft(self, email_id: int, starters: Starters) -> EmailDraft:
        content = self.object(self.document, "content")
        self.check_types(content)
        starter = self.starter(content, starters)
        sensitive = self.boolean(content, "sensitive", "content", starter is not None and starter.sensitive)
        track_opens = self.boolean(content, "trackOpens", "content", starter is None or starter.track_opens)
        track_clicks = self.boolean(content, "trackClicks", "content", starter is None or starter.track_clicks)
        return EmailDraft(
            email_id=email_id,
            name=self.name(),
            source=self.source(content, self.text(self.document, "subject"), "content", starter),
            sender=self.sender(),
            reply_to=self.reply_to(),
            subcategory=self.subcategory(),
            subscription=self.subscription(),
            campaign=self.text(self.document, "campaign"),
            track_opens=track_opens and not sensitive,
            track_clicks=track_clicks and not sensitive,
            sensitive=sensitive,
            language=self.language(self.text(self.document, "language") or LANGUAGE, "language"),
            variants=self.variants(content),
            sample=self.sample(content, starter),
        )

    def name(self) -> str:
        name = self.text(self.document, "name").strip()
        if len(name) > NAME_MAX:
            self.errors.append(FieldError("name", f"has {len(name):,} characters; at most {NAME_MAX:,} are allowed"))
        elif not name.isprintable():
            self.errors.append(FieldError("name", f"must be 1 to {NAME_MAX} printable characters, not {excerpt(name)}"))
        elif not name and isinstance(self.document.get("name", ""), str | None):
            self.errors.append(FieldError("name", f"must be 1 to {NAME_MAX} printable characters", "REQUIRED_FIELD"))
        return name

    def subcategory(self) -> Subcategory:
        name = self.text(self.document, "subcategory") or str(Subcategory.SINGLE_SEND_API)
        writable = [str(subcategory) for subcategory in Subcategory if subcategory is not Subcategory.SMTP_TOKEN]
        if name not in writable:
            reason = "is only for emails of SMTP tokens" if name in list(Subcategory) else f"must not be {name!r}"
            self.errors.append(FieldError("subcategory", f"{reason}: use {', '.join(writable)}"))
            return Subcategory.SINGLE_SEND_API
        return Subcategory(name)

    def subscription(self) -> str:
        """Returns the reference to the type: its id or its number. HubSpot's ids are numbers, and text in its clients."""
        details = self.object(self.document, "subscriptionDetails")
        type_id = details.get("subscriptionId")
        is_number = isinstance(type_id, int) and not isinstance(type_id, bool)
        reference = str(type_id) if is_number else self.text(details, "subscriptionId", "subscriptionDetails")
        return TRANSACTIONAL if reference in {"", str(ids.subscription_number(TRANSACTIONAL))} else reference

    def sender(self) -> Address:
        sender = self.object(self.document, "from")
        email, name = self.text(sender, "replyTo", "from"), self.text(sender, "fromName", "from")
        if not email:
            self.missing.append(
                FieldError("from.replyTo", "is missing: the address that the email comes from", "REQUIRED_FIELD")
            )
            return Address("")
        parsed = self.address(email, "from.replyTo")
        try:
            return addresses.parse(f"{addresses.quoted(name)} <{parsed.email}>") if name and parsed.email else parsed
        except ValueError as error:
            self.errors.append(FieldError("from.fromName", str(error)))
            return parsed

    def reply_to(self) -> Address | None:
        address = self.text(self.object(self.document, "from"), "customReplyTo", "from")
        return self.address(address, "from.customReplyTo") if address else None

    def address(self, text: str, where: str) -> Address:
        try:
            return addresses.parse(text)
        except ValueError as error:
            self.errors.append(FieldError(where, str(error), "INVALID_EMAIL"))
            return Address("")

    def variants(self, content: JSON) -> dict[str, TemplateSource]:
        translations, where = self.object(content, "translations", "content"), "content.translations"
        own, variants = (self.text(self.document, "language") or LANGUAGE).lower(), dict[str, TemplateSource]()
        for name in translations:
            language = self.language(name, where)
            if language in {own, *variants}:
                reason = "is the language of the email itself" if language == own else "occurs twice"
                self.errors.append(
                    FieldError(f"{where}.{name}", f"{reason}: only one of the two would be sent", "CONFLICT")
                )
            variants[language] = self.variant(translations, name)
        return variants

    def variant(self, translations: JSON, language: str) -> TemplateSource:
        where = f"content.translations.{language}"
        translation = self.object(translations, language, "content.translations")
        subject = self.text(translation, "subject", where)
        if not subject:
            self.missing.append(FieldError(f"{where}.subject", "is missing", "REQUIRED_FIELD"))
        return self.source(translation, subject, where, None)

    def source(self, content: JSON, subject: str, where: str, starter: EmailDraft | None) -> TemplateSource:
        bodies = {syntax: self.text(content, str(syntax), where) for syntax in TemplateSyntax}
        own = [(syntax, body) for syntax, body in bodies.items() if body]
        if not own and where == "content" and (html := self.widgets(content)):
            own = [(TemplateSyntax.HTML, html)]
        base = starter.source if starter else TemplateSource(subject="", body="")
        if len(own) > 1:
            self.errors.append(
                FieldError(where, "has both html and mjml: only one of them can be the body", "CONFLICT")
            )
        if not own and starter is None:
            self.missing.append(
                FieldError(
                    where,
                    "has no body: use html or mjml, widgets with a body.html, or a templatePath that names a starter",
                    "REQUIRED_FIELD",
                )
            )
        syntax, body = own[0] if own else (base.syntax, base.body)
        text, preview = self.text(content, "plainTextVersion", where), self.text(content, "previewText", where)
        if own:
            return TemplateSource(subject=subject, body=body, syntax=syntax, text=text, preview=preview)
        return replace(base, subject=subject, text=text or base.text, preview=preview or base.preview)

    def widgets(self, content: JSON) -> str:
        """Returns the body in HubSpot's widgets. `check_types` reports widgets that are no object."""
        own = content.get("widgets")
        if not isinstance(own, Mapping):
            return ""
        self.errors += widgets.field_errors(own)
        return widgets.html_of(own)

    def starter(self, content: JSON, starters: Starters) -> EmailDraft | None:
        """Returns None if no starter has the path: emails from HubSpot have their own paths, and a body that overrides the starter."""
        path = self.text(content, "templatePath", "content")
        return starters(path.removeprefix(STARTER_PATH).strip("/")) if path else None

    def sample(self, content: JSON, starter: EmailDraft | None) -> SampleData:
        where = "content.sample"
        if content.get("sample") is None:
            return starter.sample if starter else SampleData()
        properties = self.object(content, "sample", "content")
        contact = self.object(properties, "contactProperties", where)
        texts = {name: self.text(contact, name, f"{where}.contactProperties") for name in contact}
        return SampleData(texts, self.object(properties, "customProperties", where))

    def language(self, code: str, where: str) -> str:
        language = code.lower()
        if not is_language(language):
            reason = (
                "is not a language: use a code of HubSpot's, or a BCP 47 tag of IANA's registry such as en or pt-br"
            )
            self.errors.append(FieldError(where, f"{code!r} {reason}"))
        return language

    def check_types(self, content: JSON) -> None:
        """Checks the fields that are only stored: HubSpot's clients refuse an email in which one has another type."""
        for name in document_fields.OBJECTS:
            self.object(self.document, name)
        for name in document_fields.CONTENT_OBJECTS:
            self.object(content, name, "content")
        for name in document_fields.FLAGS:
            self.boolean(self.document, name)
        for name in document_fields.INSTANTS:
            self.check_instant(name)

    def check_instant(self, name: str) -> None:
        value = self.document.get(name)
        if value is None:
            return
        try:
            timestamps.parse(value)
        except (TypeError, ValueError, OverflowError, OSError):
            expected = "an ISO-8601 time like 2026-01-31T00:00:00Z"
            self.errors.append(FieldError(name, f"must be {expected}, not {excerpt(value)}"))

    def boolean(self, parent: JSON, name: str, where: str = "", default: bool = False) -> bool:
        value = parent.get(name)
        if value is not None and not isinstance(value, bool):
            self.errors.append(FieldError(_path(where, name), f"must be true or false, not {excerpt(value)}"))
        return value if isinstance(value, bool) else default

    def object(self, parent: JSON, name: str, where: str = "") -> JSON:
        value = parent.get(name)
        if value is not None and not isinstance(value, Mapping):
            self.errors.append(FieldError(_path(where, name), f"must be an object, not {excerpt(value)}"))
        return value if isinstance(value, Mapping) else {}

    def text(self, parent: JSON, name: str, where: str = "") -> str:
        value = parent.get(name)
        if value is not None and not isinstance(value, str):
            self.errors.append(FieldError(_path(where, name), f"must be text, not {excerpt(value)}"))
        return value if isinstance(value, str) else ""


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
