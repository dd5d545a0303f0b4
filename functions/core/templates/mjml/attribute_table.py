"""MJML 5's elements with their attributes, as npm's mjml 5.4.1 declares them, and the attributes that do nothing here.

A test compares each attribute's effect with a record of npm's. `mj-all` and `mj-class` have the attributes of every element.
"""

from __future__ import annotations

_EVERYWHERE = frozenset({"css-class", "mj-class"})
ATTRIBUTES: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "mj-head": "",
        "mj-attributes": "",
        "mj-html-attribute": "name",
        "mj-html-attributes": "",
        "mj-preview": "",
        "mj-selector": "path",
        "mj-title": "",
        "mj-accordion": """border container-background-color font-family icon-align icon-height icon-position icon-unwrapped-alt icon-unwrapped-url icon-width icon-wrapped-alt icon-wrapped-url padding padding-bottom padding-left padding-right padding-top""",
        "mj-accordion-element": """background-color border font-family icon-align icon-height icon-position icon-unwrapped-alt icon-unwrapped-url icon-width icon-wrapped-alt icon-wrapped-url""",
        "mj-accordion-text": """background-color color font-family font-size font-weight letter-spacing line-height padding padding-bottom padding-left padding-right padding-top""",
        "mj-accordion-title": """background-color color font-family font-size font-weight padding padding-bottom padding-left padding-right padding-top""",
        "mj-body": """background-color id width""",
        "mj-breakpoint": """width""",
        "mj-button": """align background-color border border-bottom border-left border-radius border-right border-top color container-background-color font-family font-size font-style font-weight height href inner-padding letter-spacing line-height name padding padding-bottom padding-left padding-right padding-top rel target text-align text-decoration text-transform title vertical-align width""",
        "mj-carousel": """align border-radius container-background-color icon-width left-icon padding padding-bottom padding-left padding-right padding-top right-icon tb-border tb-border-radius tb-hover-border-color tb-selected-border-color tb-width thumbnails""",
        "mj-carousel-image": """alt border-radius href rel src target tb-border tb-border-radius thumbnails-src title""",
        "mj-column": """background-color border border-bottom border-left border-radius border-right border-top direction inner-background-color inner-border inner-border-bottom inner-border-left inner-border-radius inner-border-right inner-border-top padding padding-bottom padding-left padding-right padding-top vertical-align width""",
        "mj-divider": """align border-color border-style border-width container-background-color padding padding-bottom padding-left padding-right padding-top width""",
        "mj-font": """href name""",
        "mj-group": """background-color direction vertical-align width""",
        "mj-hero": """background-color background-height background-position background-url background-width border-radius height inner-background-color inner-padding inner-padding-bottom inner-padding-left inner-padding-right inner-padding-top mode padding padding-bottom padding-left padding-right padding-top vertical-align""",
        "mj-image": """align alt border border-bottom border-left border-radius border-right border-top container-background-color fluid-on-mobile font-size height href max-height name padding padding-bottom padding-left padding-right padding-top rel sizes src srcset target title usemap width""",
        "mj-navbar": """align base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size ico-line-height ico-open ico-padding ico-padding-bottom ico-padding-left ico-padding-right ico-padding-top ico-text-decoration ico-text-transform padding padding-bottom padding-left padding-right padding-top""",
        "mj-navbar-link": """color font-family font-size font-style font-weight href letter-spacing line-height name padding padding-bottom padding-left padding-right padding-top rel target text-decoration text-transform""",
        "mj-raw": """position""",
        "mj-section": """background-color background-position background-position-x background-position-y background-repeat background-size background-url border border-bottom border-left border-radius border-right border-top direction full-width gutter padding padding-bottom padding-left padding-right padding-top text-align text-padding""",
        "mj-social": """align border border-radius color container-background-color font-family font-size font-style font-weight icon-height icon-padding icon-size inner-padding line-height mode padding padding-bottom padding-left padding-right padding-top table-layout text-decoration text-padding vertical-align""",
        "mj-social-element": """align alt background-color border border-radius color font-family font-size font-style font-weight href icon-height icon-padding icon-position icon-size line-height name padding padding-bottom padding-left padding-right padding-top rel sizes src srcset target text-decoration text-padding title vertical-align""",
        "mj-spacer": """border border-bottom border-left border-right border-top container-background-color height padding padding-bottom padding-left padding-right padding-top""",
        "mj-style": """inline""",
        "mj-table": """align border cellpadding cellspacing color container-background-color font-family font-size font-weight line-height padding padding-bottom padding-left padding-right padding-top role table-layout vertical-align width""",
        "mj-text": """align background-color color container-background-color font-family font-size font-style font-weight height letter-spacing line-height padding padding-bottom padding-left padding-right padding-top text-decoration text-transform vertical-align""",
        "mj-wrapper": """background-color background-position background-position-x background-position-y background-repeat background-size background-url border border-bottom border-left border-radius border-right border-top direction full-width gap gutter padding padding-bottom padding-left padding-right padding-top text-align text-padding""",
        "mjml": """dir lang owa""",
    }.items()
}
# Attributes that npm's mjml has, and that the compiler drops.
WITHOUT_EFFECT: dict[str, frozenset[str]] = {"mj-section": frozenset({"gutter"})}
# Attributes whose effect differs in a detail: widths for Outlook that are rounded, and a web font that npm's mjml leaves out.
APPROXIMATED: dict[str, frozenset[str]] = {
    "mj-column": frozenset({"inner-border-radius"}),
    "mj-hero": frozenset({"padding", "padding-left", "padding-right"}),
    "mj-social-element": frozenset({"font-family"}),
}
_OF_EVERY_ELEMENT = frozenset().union(*ATTRIBUTES.values())


def unknown(element: str, attribute: str) -> bool:
    """Whether MJML lacks an attribute. `mj-all` and `mj-class` have those of every element."""
    if element in {"mj-all", "mj-class"}:
        return attribute not in _OF_EVERY_ELEMENT | {"name"}
    return element in ATTRIBUTES and attribute not in ATTRIBUTES[element] | _EVERYWHERE


def without_effect(element: str, attribute: str) -> bool:
    return attribute in WITHOUT_EFFECT.get(element, ())


def exists(attribute: str) -> bool:
    """Whether any element of MJML has an attribute."""
    return attribute in _OF_EVERY_ELEMENT or attribute in _EVERYWHERE or attribute == "name"
