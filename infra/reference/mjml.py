"""The table of MJML's elements and attributes in docs/templates.md."""

from __future__ import annotations

from functions.core.templates.mjml.attribute_table import APPROXIMATED, ATTRIBUTES, WITHOUT_EFFECT
from infra import ROOT

PAGE = ROOT / "docs" / "templates.md"
_BEGIN, _END = "<!-- begin: MJML -->\n", "<!-- end: MJML -->\n"
_HEAD = "| element | as in MJML 5 | approximated | no effect, reported |\n| --- | --- | --- | --- |\n"
_REFUSED = "| `mj-include` | refused by name | | |\n"


def page() -> str:
    """Returns the page with the table of today."""
    before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    return f"{before}{_BEGIN}{_table()}{_END}{rest.partition(_END)[2]}"


def _table() -> str:
    return _HEAD + "".join(_row(element) for element in ATTRIBUTES) + _REFUSED


def _row(element: str) -> str:
    approximated, without = APPROXIMATED.get(element, frozenset()), WITHOUT_EFFECT.get(element, frozenset())
    cells = (ATTRIBUTES[element] - approximated - without, approximated, without)
    return f"| `{element}` | {' | '.join(_listed(names) for names in cells)} |\n"


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
