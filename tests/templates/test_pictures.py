"""Every starter in a real browser: at the width of a desk and of a phone, in light and in dark. The pictures are left in pytest's folder."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.templates.browser import PROGRAM, Browser, browser
from tests.templates.gallery import NAMES, arabic, rendered, sample

DESK, PHONE = 600, 375
CONTRAST_MIN = 4.5  # WCAG 2.2, level AA
TAP_MIN = 44  # pixels: what a finger hits
LOOKS = [(DESK, False), (DESK, True), (PHONE, False), (PHONE, True)]

pytestmark = pytest.mark.skipif(not PROGRAM, reason="takes pictures with Chromium, which is not installed")
every_starter = pytest.mark.parametrize("name", NAMES)

# Every text that is shown, with the contrast of its colour to the ground behind it, the worst first.
CONTRASTS = """(() => {
  const linear = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (; element; element = element.parentElement) {
      const [r, g, b, a = 1] = numbers(getComputedStyle(element).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const shown = (element) => element.checkVisibility({opacityProperty: true}) && element.getBoundingClientRect().height;
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode()); ) {
    const element = text.parentElement;
    if (!text.data.trim() || !shown(element)) continue;
    const [high, low] = [numbers(getComputedStyle(element).color), ground(element)].map(luminance).sort((a, b) => b - a);
    found.push([(high + 0.05) / (low + 0.05), text.data.trim()]);
  }
  return found.sort((one, other) => one[0] - other[0]);
})()"""

# The share of a picture's pixels that are darker than a middle grey.
DARK_SHARE = """(async () => {
  const image = new Image();
  image.src = "data:image/png;base64,%s";
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const pixels = canvas.getImageData(0, 0, image.width, image.height).data;
  let dark = 0;
  for (let at = 0; at < pixels.length; at += 4) dark += pixels[at] + pixels[at + 1] + pixels[at + 2] < 3 * 128;
  return dark / (pixels.length / 4);
})()"""

# How far anything runs out of the window on either side, also where what holds it cuts it off.
SIDEWAYS = """Math.max(...[...document.body.querySelectorAll('*')].map((one) => one.getBoundingClientRect())
  .filter((box) => box.width).map((box) => Math.max(box.right - innerWidth, -box.left)))"""
NAKED_TABLES = "[...document.querySelectorAll('table:not([role=presentation])')].filter((table) => !table.querySelector('th')).length"
BUTTONS = "[...document.querySelectorAll('.button a')].map((a) => [a.getBoundingClientRect().width, a.getBoundingClientRect().height])"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@every_starter
@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_is_readable(name: str, width: int, dark: bool, chromium: Browser, tmp_path: Path) -> None:
    """Nothing exceeds the window, every text contrasts with its ground, and the picture is light or dark as requested."""
    chromium.show(rendered(name).html, width=width, dark=dark)
    picture = chromium.picture()
    (tmp_path / f"{name}-{width}-{'dark' if dark else 'light'}.png").write_bytes(picture)
    assert chromium.run(SIDEWAYS) <= 0
    contrasts = chromium.run(CONTRASTS)
    assert len(contrasts) > 5
    assert contrasts[0][0] >= CONTRAST_MIN, contrasts[0]
    share = chromium.run(DARK_SHARE % base64.b64encode(picture).decode())
    assert share > 0.8 if dark else share < 0.2


@every_starter
def test_a_finger_hits_its_button(name: str, chromium: Browser) -> None:
    """On a phone the button is as wide as the text, and high enough."""
    chromium.show(rendered(name).html, width=PHONE, dark=False)
    for width, height in chromium.run(BUTTONS):
        assert height >= TAP_MIN
        assert width > PHONE * 0.8


@every_starter
def test_tables_are_marked_for_screen_readers(name: str, chromium: Browser) -> None:
    """A table is marked as layout, or has headers."""
    chromium.show(rendered(name).html, width=DESK, dark=False)
    assert chromium.run(NAKED_TABLES) == 0


@every_starter
def test_long_words_break(name: str, chromium: Browser) -> None:
    """Very long data makes a mail ugly, but never wider than a phone."""
    chromium.show(
        rendered(name, {**sample(name), "custom": _long(sample(name)["custom"])}).html, width=PHONE, dark=False
    )
    assert chromium.run(SIDEWAYS) <= 0


# Whether each text is at the right, and each figure at the left of its cell.
SIDES = """(() => {
  const side = (selector) => [...new Set([...document.querySelectorAll(selector)].map((one) => getComputedStyle(one).textAlign))].join();
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  return {texts: side("h1, .ink > div, .item, .label"), figures: side("td.figure, td.value"),
          first: box(".item").left > box(".figure").left, button: box(".button a").right > innerWidth / 2};
})()"""


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_an_arabic_mail_begins_at_the_right(width: int, dark: bool, chromium: Browser, tmp_path: Path) -> None:
    chromium.show(arabic().html, width=width, dark=dark)
    (tmp_path / f"arabic-{width}-{'dark' if dark else 'light'}.png").write_bytes(chromium.picture())
    assert chromium.run(SIDES) == {"texts": "right", "figures": "left", "first": True, "button": True}
    assert chromium.run(SIDEWAYS) <= 0
    assert chromium.run(CONTRASTS)[0][0] >= CONTRAST_MIN


def _long(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: one if key in {"currency", "locale"} else _long(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_long(one) for one in value]
    return f"{value} {'Donaudampfschiff' * 5}" if isinstance(value, str) else value
