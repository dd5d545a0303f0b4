"""An email as its author's program reads and writes it: a JSON object in HubSpot's names, of which we read what we know and keep the rest.

HubSpot has no field for a body: ours are `content.html` or `content.mjml`, `content.previewText`, `content.trackOpens`,
`content.trackClicks`, `content.sample` (the properties that a preview shows) and, by language, `content.translations`. `from.replyTo` is the From address, `from.customReplyTo` is Reply-To.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from functions.core import addresses
from functions.core.addresses import Address
from functions.core.emails.email import (
    TRANSACTIONAL,
    EmailDraft,
    SampleData,
    Subcategory,
    TemplateSource,
    TemplateSyntax,
)
from functions.core.emails.merge_patch import JSON
from functions.core.errors import FieldError, Rejected

Starters = Callable[[str], EmailDraft | None]  # the starter of a name

NAME_MAX = 300  # characters
LANGUAGE = "en"
STARTER_PATH = "templates/email/"

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)


class Head(Struct, frozen=True, kw_only=True):
    """What a list tells of an email, as its document says it."""

    name: str
    subcategory: Subcategory
    subscription: str
    campaign: str


def written(draft: EmailDraft) -> dict[str, Any]:
    """The document that reads as this draft."""
    sender = {"fromName": draft.sender.name, "replyTo": draft.sender.email}
    if draft.reply_to:
        sender["customReplyTo"] = _written_address(draft.reply_to)
    translations = {language: _written_source(source) for language, source in draft.variants.items()}
    content = _written_source(draft.source)
    subject = content.pop("subject")
    switches = {"trackOpens": draft.track_opens, "trackClicks": draft.track_clicks}
    more = {"translations": translations, "sample": _written_sample(draft.sample)}
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
    told = {"subject": source.subject, str(source.syntax): source.body}
    optional = {"plainTextVersion": source.text, "previewText": source.preview}
    return told | {name: text for name, text in optional.items() if text}


def _written_sample(sample: SampleData) -> dict[str, Any]:
    given = {"contactProperties": dict(sample.contact), "customProperties": dict(sample.custom)}
    return {name: properties for name, properties in given.items() if properties}


def head_of(document: JSON) -> Head:
    """Raises Rejected that tells everything of the document that cannot be right, whatever is added to it later."""
    reading = _DocumentReader(document)
    head = reading.head()
    reading.draft(0, lambda _: None)
    reading.finish(drafting=True)
    return head


def draft_of(email_id: int, document: JSON, starters: Starters, *, drafting: bool = False) -> EmailDraft:
    """What is published: or, while it is being drafted, what there is of it. Raises Rejected with everything that is wrong or missing;
    what is in the templates is for the compiler to say.
    """
    reading = _DocumentReader(document)
    draft = reading.draft(email_id, starters)
    reading.finish(drafting=drafting)
    return draft


class _DocumentReader(Struct):
    """One pass over a document, which collects what is wrong, and apart from it what is only missing yet."""

    document: JSON
    faults: list[FieldError] = field(default_factory=list)
    missing: list[FieldError] = field(default_factory=list)

    def finish(self, *, drafting: bool = False) -> None:
        faults = self.faults if drafting else [*self.faults, *self.missing]
        if faults:
            raise Rejected(list(dict.fromkeys(faults)))

    def head(self) -> Head:
        return Head(
            name=self.name(),
            subcategory=self.subcategory(),
            subscription=self.subscription(),
            campaign=self.text(self.document, "campaign"),
        )

    def draft(self, email_id: int, starters: Starters) -> EmailDraft:
        content = self.object(self.document, "content")
        starter = self.starter(content, starters)
        return EmailDraft(
            email_id=email_id,
            name=self.name(),
            source=self.source(content, self.text(self.document, "subject"), "content", starter),
            sender=self.sender(),
            reply_to=self.reply_to(),
            subcategory=self.subcategory(),
            subscription=self.subscription(),
            campaign=self.text(self.document, "campaign"),
            track_opens=self.boolean(content, "trackOpens", default=starter is None or starter.track_opens),
            track_clicks=self.boolean(content, "trackClicks", default=starter is None or starter.track_clicks),
            language=self.language(self.text(self.document, "language") or LANGUAGE, "language"),
            variants=self.variants(content),
            sample=self.sample(content, starter),
        )

    def name(self) -> str:
        name = self.text(self.document, "name").strip()
        if not name or len(name) > NAME_MAX or not name.isprintable():
            self.faults.append(FieldError("name", f"must be 1 to {NAME_MAX} printable characters", "REQUIRED_FIELD"))
        return name

    def subcategory(self) -> Subcategory:
        given = self.text(self.document, "subcategory") or str(Subcategory.SINGLE_SEND_API)
        writable = [str(one) for one in Subcategory if one is not Subcategory.SMTP_TOKEN]
        if given not in writable:
            told = "is for emails that come with an SMTP token" if given in list(Subcategory) else f"is not {given!r}"
            self.faults.append(FieldError("subcategory", f"{told}: it can be {', '.join(writable)}"))
            return Subcategory.SINGLE_SEND_API
        return Subcategory(given)

    def subscription(self) -> str:
        details = self.object(self.document, "subscriptionDetails")
        given = details.get("subscriptionId")
        if isinstance(given, int) and not isinstance(given, bool):  # HubSpot's ids are numbers, its client's are text
            return str(given)
        return self.text(details, "subscriptionId", "subscriptionDetails") or TRANSACTIONAL

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
            return addresses.parse(f"{name} <{parsed.email}>") if name and parsed.email else parsed
        except ValueError as error:
            self.faults.append(FieldError("from.fromName", str(error)))
            return parsed

    def reply_to(self) -> Address | None:
        given = self.text(self.object(self.document, "from"), "customReplyTo", "from")
        return self.address(given, "from.customReplyTo") if given else None

    def address(self, text: str, where: str) -> Address:
        try:
            return addresses.parse(text)
        except ValueError as error:
            self.faults.append(FieldError(where, str(error), "INVALID_EMAIL"))
            return Address("")

    def variants(self, content: JSON) -> dict[str, TemplateSource]:
        given, where = self.object(content, "translations", "content"), "content.translations"
        own, variants = (self.text(self.document, "language") or LANGUAGE).lower(), dict[str, TemplateSource]()
        for name in given:
            language = self.language(name, where)
            if language in {own, *variants}:
                told = "is the language of the email itself" if language == own else "is there twice"
                self.faults.append(
                    FieldError(f"{where}.{name}", f"{told}: only one of the two would be sent", "CONFLICT")
                )
            variants[language] = self.variant(given, name)
        return variants

    def variant(self, given: JSON, language: str) -> TemplateSource:
        where = f"content.translations.{language}"
        translation = self.object(given, language, "content.translations")
        subject = self.text(translation, "subject", where)
        if not subject:
            self.missing.append(FieldError(f"{where}.subject", "is missing", "REQUIRED_FIELD"))
        return self.source(translation, subject, where, None)

    def source(self, content: JSON, subject: str, where: str, starter: EmailDraft | None) -> TemplateSource:
        bodies = {syntax: self.text(content, str(syntax), where) for syntax in TemplateSyntax}
        given = [(syntax, body) for syntax, body in bodies.items() if body]
        begun = starter.source if starter else TemplateSource(subject="", body="")
        if len(given) > 1:
            self.faults.append(
                FieldError(where, "has both html and mjml: only one of them can be the body", "CONFLICT")
            )
        if not given and starter is None:
            self.missing.append(
                FieldError(
                    where,
                    "has no body: it takes html or mjml, or a templatePath that names a starter",
                    "REQUIRED_FIELD",
                )
            )
        syntax, body = given[0] if given else (begun.syntax, begun.body)
        text, preview = self.text(content, "plainTextVersion", where), self.text(content, "previewText", where)
        if given:
            return TemplateSource(subject=subject, body=body, syntax=syntax, text=text, preview=preview)
        return replace(begun, subject=subject, text=text or begun.text, preview=preview or begun.preview)

    def starter(self, content: JSON, starters: Starters) -> EmailDraft | None:
        """None too where the path is none of ours, as what comes from HubSpot has: with a body of its own it does not matter."""
        path = self.text(content, "templatePath", "content")
        return starters(path.removeprefix(STARTER_PATH).strip("/")) if path else None

    def sample(self, content: JSON, starter: EmailDraft | None) -> SampleData:
        where = "content.sample"
        if content.get("sample") is None:
            return starter.sample if starter else SampleData()
        given = self.object(content, "sample", "content")
        contact = self.object(given, "contactProperties", where)
        texts = {name: self.text(contact, name, f"{where}.contactProperties") for name in contact}
        return SampleData(texts, self.object(given, "customProperties", where))

    def language(self, given: str, where: str) -> str:
        if not _LANGUAGE.fullmatch(given):
            self.faults.append(FieldError(where, f"{given!r} is no language: write it like en or pt-br"))
        return given.lower()

    def boolean(self, content: JSON, name: str, *, default: bool) -> bool:
        value = content.get(name, default)
        if not isinstance(value, bool):
            self.faults.append(FieldError(f"content.{name}", "must be true or false"))
        return bool(value)

    def object(self, parent: JSON, name: str, where: str = "") -> JSON:
        value = parent.get(name)
        if value is not None and not isinstance(value, Mapping):
            self.faults.append(FieldError(_path(where, name), "must be an object"))
        return value if isinstance(value, Mapping) else {}

    def text(self, parent: JSON, name: str, where: str = "") -> str:
        value = parent.get(name)
        if value is not None and not isinstance(value, str):
            self.faults.append(FieldError(_path(where, name), "must be a text"))
        return value if isinstance(value, str) else ""


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
