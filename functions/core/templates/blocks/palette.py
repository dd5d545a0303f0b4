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
    "unsubscribe": """<mj-text font-size="13px" color="#5f5d57"><a href="{{ unsubscribe_link }}" style="color: inherit">Unsubscribe</a></mj-text>""",
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
        ["heading", "text", "button", "image", "table", "divider", "spacer", "social", "footer", "unsubscribe", "html"],
        kinds.CONTENT,
    ),
    **dict.fromkeys(["section", "columns"], kinds.SECTIONS),
    "column": kinds.COLUMNS,
    "icon": kinds.ICONS,
    "row": kinds.ROWS,
    "cell": kinds.CELLS,
}
_ROOMS = {kinds.TABLE: kinds.ROWS, kinds.WRAPPED: kinds.SECTIONS, kinds.GROUPED: kinds.COLUMNS}
EMPTY = """<mjml>
  <mj-head>
    <mj-attributes>
      <mj-all font-family="{{ primary_font|default('Arial, Helvetica, sans-serif') }}" />
      <mj-text color="{{ primary_font_color|default('#22252a') }}" font-size="16px" line-height="24px" />
      <mj-table color="{{ primary_font_color|default('#22252a') }}" font-size="16px" line-height="24px" />
      <mj-button background-color="{{ primary_accent_color|default('#a8431f') }}" font-size="16px" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="{{ background_color|default('#ffffff') }}">
    <mj-section>
      <mj-column>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""  # with the brand of the site settings


def room(level: str) -> str:
    """Returns the level of the palette's blocks that fit on a level of a document."""
    return _ROOMS.get(level, level)


def has_room(name: str, level: str) -> bool:
    """Whether a new block may be on a level, if it brings what is missing around it."""
    try:
        return bool(code_for(name, level))
    except Rejected:
        return False


def code_for(name: str, level: str) -> str:
    """Returns a new block for a level. A content gets a column, and a section, of its own if the level needs it. Raises Rejected."""
    code, own, target = BLOCKS.get(name, ""), LEVELS.get(name, ""), room(level)
    if own == kinds.CONTENT and target in {kinds.COLUMNS, kinds.SECTIONS}:
        code, own = _within("mj-column", code), kinds.COLUMNS
    if own == kinds.COLUMNS and target == kinds.SECTIONS:
        code, own = _within("mj-section", code), kinds.SECTIONS
    if not code or own != target:
        raise Rejected([FieldError("block", f"{name[:32]!r} cannot be here", "WRONG_PLACE")])
    return code


def _within(element: str, code: str) -> str:
    lines = "\n".join(f"  {line}" for line in code.split("\n"))
    return f"<{element}>\n{lines}\n</{element}>"
