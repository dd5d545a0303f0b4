"""What our single send reads beyond HubSpot's: attachments, headers and tags. Every fault is told, and reading goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from functions.core.sending import attachments, headers, tags
from functions.core.sending.attachments import Attachment, Upload


class AddError(Protocol):
    def __call__(self, where: str, message: str, code: str = ..., /) -> None: ...


# Field of the wire → how it is read, and whether it must be there.
_FIELDS: dict[str, tuple[Callable[[str], str], bool]] = {
    "filename": (attachments.filename, True),
    "contentType": (attachments.content_type, True),
    "content": (attachments.content, False),
    "uploadId": (attachments.upload_id, False),
    "contentId": (attachments.content_id, False),
}
_OBJECT = "an object with filename, contentType, content or uploadId and, for an inline image, contentId"


def read_attachments(message: dict[str, Any], tell: AddError) -> tuple[Attachment, ...]:
    given, where = message.get("attachments"), "message.attachments"
    if given is None:
        return ()
    if not isinstance(given, list):
        tell(where, f"must be a list, each {_OBJECT}")
        return ()
    if len(given) > attachments.COUNT_MAX:
        tell(where, f"are {len(given)}; at most {attachments.COUNT_MAX} are allowed")
        return ()
    read = tuple(one for number, value in enumerate(given) if (one := _attachment(f"{where}[{number}]", value, tell)))
    for fault in _together(read):
        tell(where, fault)
    return read


def _attachment(where: str, value: Any, tell: AddError) -> Attachment | None:
    if not isinstance(value, dict):
        tell(where, f"must be {_OBJECT}")
        return None
    read = {
        name: _field(f"{where}.{name}", value.get(name), how, needed, tell) for name, (how, needed) in _FIELDS.items()
    }
    if None in read.values():
        return None
    filename, content_type, content, upload_id, content_id = (text or "" for text in read.values())
    if bool(content) == bool(upload_id):
        tell(where, "must have its content, or the uploadId of what was uploaded: one of the two", "REQUIRED_FIELD")
        return None
    return Attachment(
        filename=filename,
        content_type=content_type,
        content=content,
        content_id=content_id,
        upload=Upload(upload_id) if upload_id else None,
    )


def _field(where: str, value: Any, how: Callable[[str], str], needed: bool, tell: AddError) -> str | None:
    """None where there was a fault."""
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        tell(*((where, "is required: a text", "REQUIRED_FIELD") if value is None else (where, "must be a text")))
        return None
    try:
        return how(value)
    except ValueError as error:
        tell(where, str(error))
        return None


def _together(read: tuple[Attachment, ...]) -> Iterator[str]:
    total = sum(one.size for one in read)
    if total > attachments.IN_REQUEST_MAX:
        yield (
            f"have {total:,} bytes together; at most {attachments.IN_REQUEST_MAX:,} are allowed in a request, which can have 6 MiB: "
            "upload the larger ones (POST /staffetta/v1/uploads) and name their uploadId"
        )
    content_ids = [one.content_id for one in read if one.content_id]
    twice = {content_id for content_id in content_ids if content_ids.count(content_id) > 1}
    if twice:
        yield f"have the contentId {', '.join(sorted(twice))} more than once"


def read_headers(message: dict[str, Any], tell: AddError) -> tuple[tuple[str, str], ...]:
    read = tuple(_pairs(message, "headers", headers.COUNT_MAX, headers.check, tell))
    names = [name.lower() for name, _ in read]
    if len(set(names)) < len(names):
        tell("message.headers", "have a header twice, in different spellings")
    return read


def read_tags(message: dict[str, Any], tell: AddError) -> dict[str, str]:
    return dict(_pairs(message, "tags", tags.COUNT_MAX, tags.check, tell))


def _pairs(
    message: dict[str, Any], field: str, most: int, check: Callable[[str, str], None], tell: AddError
) -> Iterator[tuple[str, str]]:
    given, where = message.get(field), f"message.{field}"
    if given is None:
        return
    if not isinstance(given, dict):
        tell(where, "must be an object of names and texts")
    elif len(given) > most:
        tell(where, f"are {len(given)}; at most {most} are allowed")
    else:
        yield from _checked(given, where, check, tell)


def _checked(
    given: dict[str, Any], where: str, check: Callable[[str, str], None], tell: AddError
) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        fault = _fault(check, name, value)
        if fault:
            tell(f"{where}.{name}", fault)
        else:
            yield name, value


def _fault(check: Callable[[str, str], None], name: str, value: Any) -> str:
    if not isinstance(value, str):
        return "must be a text"
    try:
        check(name, value)
    except ValueError as error:
        return str(error)
    return ""
