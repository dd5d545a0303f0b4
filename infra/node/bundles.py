"""The scripts of others that the console's pages load, from npm in the versions that browser/package-lock.json pins.

`make setup` runs `python -m infra.node.bundles`.
"""

from __future__ import annotations

import shutil

from infra import ROOT, node

HOME = node.HERE / "browser"
VENDOR = ROOT / "templates" / "pages" / "static" / "vendor"
SCRIPTS = ("htmx.org/dist/htmx.min.js",)  # below node_modules


def install() -> None:
    """Raises NodeError."""
    modules = node.packages(HOME)
    VENDOR.mkdir(exist_ok=True)
    for script in SCRIPTS:
        source = modules / script
        shutil.copyfile(source, VENDOR / source.name)


if __name__ == "__main__":
    install()
