"""The contact's properties that a mail may have been made from. A name that the sources never write cannot be read by name. A template
that takes the contact as a whole, or computes a name, may read any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from functions.core.emails import languages
from functions.core.emails.email import EmailBody

_OPENING = re.compile(r"\{(?=([{%]))")
_CLOSING = {"{": "}}", "%": "%}"}
_WHOLE = re.compile(r"\bcontact\b(?!\s*\.\s*[A-Za-z_]\w*+\b(?!\s*\())")
_COMPUTED = re.compile(r"\bpersonalization_token\b(?!\s*\(\s*(?:'contact\.\w+'|\"contact\.\w+\"|'custom\.|\"custom\.))")
_NAMED = re.compile(r"""(['"])contact\.\w+\1""")
_WORD = re.compile(r"\w+")


def used_names(content: EmailBody, from_name: str) -> frozenset[str] | None:
    """Returns the names that the sources write, and None if they may read any property."""
    tags = [tag for part in (content.subject, content.html, content.text, from_name) for tag in _tags(part)]
    if any(_WHOLE.search(_NAMED.sub("", tag)) or _COMPUTED.search(tag) for tag in tags):
        return None
    return frozenset(word for tag in tags for word in _WORD.findall(tag)).union(languages.PROPERTIES)


def _tags(text: str) -> Iterator[str]:
    """Yields `{{ ... }}` and `{% ... %}`. What has no end, as a template's raw text may, is looked through once."""
    after, endless = 0, set[str]()
    for opening in _OPENING.finditer(text):
        kind, start = opening[1], opening.start()
        if start < after or kind in endless:
            continue
        end = text.find(_CLOSING[kind], start + 2)
        if end < 0:
            endless.add(kind)
        else:
            after = end + 2
            yield text[start:after]


def used(contact: Mapping[str, str], names: frozenset[str] | None) -> dict[str, str]:
    return {name: value for name, value in contact.items() if names is None or name in names}
