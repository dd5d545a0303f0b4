"""The pictures of the console's starter gallery, with sample data. `make gallery` remakes them, in Chromium."""

from __future__ import annotations

from functions.pages.static_files import STATIC
from tests.templates import browser as chromium
from tests.templates.gallery import NAMES, rendered

FOLDER = STATIC / "starters"
WIDTH, HEIGHT, SCALE = 640, 720, 0.5


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with chromium.browser() as screen:
        for name in NAMES:
            screen.show(rendered(name).html, width=WIDTH, dark=False)
            (FOLDER / f"{name}.webp").write_bytes(screen.thumbnail(width=WIDTH, height=HEIGHT, scale=SCALE))


if __name__ == "__main__":
    main()
