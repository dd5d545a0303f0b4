"""The parts of a multipart/form-data body, as browsers and HubSpot's clients send a file."""

from __future__ import annotations

from functions.core.errors import FieldError, Rejected

PARTS_MAX = 300  # a form has a field for each column of a file
MULTIPART = "multipart/form-data"


def parts_of(content_type: str, body: bytes) -> dict[str, list[bytes]]:
    """Returns the contents of each field. Raises Rejected if the body is anything else."""
    if not content_type.lower().startswith(MULTIPART):
        raise Rejected(
            [FieldError("body", "must be multipart/form-data, with importRequest and files", "INVALID_BODY")]
        )
    from email.parser import BytesParser  # noqa: PLC0415 - every request imports this module, and few have parts
    from email.policy import HTTP  # noqa: PLC0415 - as above

    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    if not message.is_multipart():
        raise Rejected([FieldError("body", "has no parts: check the boundary of its Content-Type", "INVALID_BODY")])
    parts: dict[str, list[bytes]] = {}
    for part in list(message.iter_parts())[:PARTS_MAX]:
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            parts.setdefault(name, []).append(payload)
    return parts
