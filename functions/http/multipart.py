"""The parts of a multipart/form-data body, as browsers and HubSpot's clients send a file.

Python's own parser of mail takes minutes for a body of many small parts, and every visitor may send a form.
"""

from __future__ import annotations

import io
import math

from functions.core.errors import FieldError, Rejected

PARTS_MAX = 300  # a form has a field for each column of a file
MULTIPART = "multipart/form-data"


def parts_of(content_type: str, body: bytes) -> dict[str, list[bytes]]:
    """Returns the contents of each field. Raises Rejected if the body is anything else, or has no end."""
    if not content_type.lower().startswith(MULTIPART):
        raise _rejected("must be multipart/form-data, with importRequest and files")
    import multipart  # noqa: PLC0415 - every request imports this module, and few have parts

    _, options = multipart.parse_options_header(content_type)
    contents: dict[str, list[bytes]] = {}
    try:
        # The body is in memory already: its parts need no limit of theirs, and no file.
        parser = multipart.MultipartParser(
            io.BytesIO(body),
            options.get("boundary", ""),
            part_limit=PARTS_MAX,
            spool_limit=len(body),
            memory_limit=math.inf,
        )
        for part in parser.parts():
            contents.setdefault(part.name, []).append(part.raw)
    except multipart.ParserLimitReached as error:
        raise _rejected(f"has more than {PARTS_MAX} parts, or a part with too many headers") from error
    except multipart.MultipartError as error:
        raise _rejected("has no parts, or no end: check the boundary of its Content-Type") from error
    return contents


def _rejected(message: str) -> Rejected:
    return Rejected([FieldError("body", message, "INVALID_BODY")])
