"""HTML and CSS that big mail clients lack, if that spoils a mail: Apple Mail, Gmail, Outlook and Yahoo Mail, each in its web or desktop
form. Features that only make a mail plainer if they lack (a shadow, a transition) are not here.

Reduced from the data of caniemail.com, as in npm's `caniemail` 1.0.5 of September 2025: copyright Avi Goldman and Andrew Powell, under the
MIT licence, by which it may be used, copied, modified and distributed with this notice, and comes without warranty of any kind.
"""

from __future__ import annotations

_GMAIL_OUTLOOK_YAHOO = ("Gmail", "Outlook", "Yahoo Mail")
_GMAIL_YAHOO = ("Gmail", "Yahoo Mail")
_GMAIL_OUTLOOK = ("Gmail", "Outlook")
_ALL = ("Apple Mail", *_GMAIL_OUTLOOK_YAHOO)

# CSS properties of an element's own style.
PROPERTIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(["align-items", "justify-content"], _GMAIL_YAHOO),
    **dict.fromkeys(["inline-size"], _ALL),
    **dict.fromkeys(
        [
            "animation",
            "aspect-ratio",
            "backdrop-filter",
            "block-size",
            "border-block",
            "border-image",
            "border-inline",
            "clip-path",
            "filter",
            "inset",
            "margin-block",
            "margin-block-end",
            "margin-block-start",
            "margin-inline",
            "margin-inline-end",
            "margin-inline-start",
            "mask-image",
            "max-block-size",
            "max-inline-size",
            "min-block-size",
            "min-inline-size",
            "padding-block",
            "padding-block-end",
            "padding-block-start",
            "padding-inline",
            "padding-inline-end",
            "padding-inline-start",
            "shape-margin",
            "shape-outside",
            "transform",
        ],
        _GMAIL_OUTLOOK_YAHOO,
    ),
    **dict.fromkeys(["position"], _GMAIL_OUTLOOK),
}

ELEMENTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(["audio", "dialog", "object", "picture", "progress", "svg", "video"], _GMAIL_OUTLOOK_YAHOO),
    **dict.fromkeys(["meter"], _GMAIL_YAHOO),
}
