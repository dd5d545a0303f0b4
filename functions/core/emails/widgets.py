"""The body of an email in HubSpot's widgets. HubSpot's clients have no field for a whole body, and drop `content.html`; they let widgets through.

HubSpot's rich text is at `content.widgets.{name}.body.html`. Widgets of another kind have no HTML of their own, and are only stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.core.errors import FieldError
from functions.core.models.nodes import excerpt

WHERE = "content.widgets"


def html_of(widgets: Mapping[str, Any]) -> str:
    """Returns the HTML of all widgets, by their `order` and then as they are written. Without any, the text is empty."""
    bodies = [
        (_order(widget), body["html"]) for _, widget, body in _bodies(widgets) if isinstance(body.get("html"), str)
    ]
    return "\n".join(html for _, html in sorted(bodies, key=lambda entry: entry[0]) if html)


def field_errors(widgets: Mapping[str, Any]) -> Iterator[FieldError]:
    for name, _, body in _bodies(widgets):
        if not isinstance(html := body.get("html"), str | None):
            yield FieldError(f"{WHERE}.{name}.body.html", f"must be text, not {excerpt(html)}")


def _bodies(widgets: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for name, widget in widgets.items():
        body = widget.get("body") if isinstance(widget, Mapping) else None
        if isinstance(body, Mapping):
            yield name, widget, body


def _order(widget: Mapping[str, Any]) -> float:
    order = widget.get("order")
    return order if isinstance(order, int | float) else float("inf")
