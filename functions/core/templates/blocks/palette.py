"""What a palette offers: new blocks as MJML, and the words in them. An author replaces the words at once."""

from __future__ import annotations

from functions.core.errors import FieldError, Rejected
from functions.core.templates.blocks import kinds

BLOCKS = {
    "heading": "<mj-text><h2>Heading</h2></mj-text>",
    "text": "<mj-text>Write here.</mj-text>",
    "button": '<mj-button href="https://example.com/">Button</mj-button>',
    "image": '<mj-image src="" alt="" />',
    "table": """<mj-table>
  <tr><th align="left">Item</th><th align="right">Price</th></tr>
  {% for item in custom.items %}
  <tr><td>{{ item.name }}</td><td align="right">{{ item.price }}</td></tr>
  {% endfor %}
</mj-table>""",
    "divider": '<mj-divider border-width="1px" border-color="#e4e2db" />',
    "spacer": '<mj-spacer height="24px" />',
    "social": """<mj-social mode="horizontal">
  <mj-social-element name="linkedin" href="https://www.linkedin.com/">LinkedIn</mj-social-element>
</mj-social>""",
    "footer": """<mj-text font-size="13px" color="#5f5d57">{{ site_settings.company_name }}<br />{{ site_settings.company_street_address_1 }}, {{ site_settings.company_city }}</mj-text>""",
    "html": "<mj-raw><!-- HTML --></mj-raw>",
    "section": "<mj-section>\n  <mj-column>\n  </mj-column>\n</mj-section>",
    "columns": "<mj-section>\n  <mj-column>\n  </mj-column>\n  <mj-column>\n  </mj-column>\n</mj-section>",
    "column": "<mj-column>\n</mj-column>",
    "icon": '<mj-social-element name="linkedin" href="https://www.linkedin.com/">LinkedIn</mj-social-element>',
    "row": "<tr><td>Text</td></tr>",
    "cell": "<td>Text</td>",
}
LEVELS = {
    **dict.fromkeys(
        ["heading", "text", "button", "image", "table", "divider", "spacer", "social", "footer", "html"], kinds.CONTENT
    ),
    **dict.fromkeys(["section", "columns"], kinds.SECTIONS),
    "column": kinds.COLUMNS,
    "icon": kinds.ICONS,
    "row": kinds.ROWS,
    "cell": kinds.CELLS,
}
_ROOMS = {kinds.TABLE: kinds.ROWS, kinds.WRAPPED: kinds.SECTIONS, kinds.GROUPED: kinds.COLUMNS}
EMPTY = """<mjml>
  <mj-body>
    <mj-section>
      <mj-column>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


def code_for(name: str, level: str) -> str:
    """Returns a new block for a level. A content gets a column, and a section, of its own if the level needs it. Raises Rejected."""
    code, own = BLOCKS.get(name, ""), LEVELS.get(name, "")
    room = _ROOMS.get(level, level)
    if code and own == kinds.CONTENT and room in {kinds.COLUMNS, kinds.SECTIONS}:
        code, own = _within("mj-column", code), kinds.COLUMNS
    if code and own == kinds.COLUMNS and room == kinds.SECTIONS:
        code, own = _within("mj-section", code), kinds.SECTIONS
    if not code or own != room:
        raise Rejected([FieldError("block", f"{name[:32]!r} cannot be here", "WRONG_PLACE")])
    return code


def _within(element: str, code: str) -> str:
    lines = "\n".join(f"  {line}" for line in code.split("\n"))
    return f"<{element}>\n{lines}\n</{element}>"
