"""The scripts that the console's pages load from npm's packages, in the versions that a package-lock.json pins.

- `install`: ready-made scripts, by browser/package-lock.json. `make setup` copies them.
- `build`: the editors of the Write page, by editors/package-lock.json. `make bundles` bundles each `editors/<name>.js` that BUNDLES names.
  The results are committed, so a machine that only runs or deploys the service needs no packages of the editors.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from infra import ROOT, node

HOME = node.HERE / "browser"
EDITORS = node.HERE / "editors"
STATIC = ROOT / "templates" / "pages" / "static"
VENDOR = STATIC / "vendor"
BUNDLED = STATIC / "bundles"
SCRIPTS = ("htmx.org/dist/htmx.min.js",)  # below node_modules
BUNDLES = ("code", "visual")
MODULES = "node_modules/"
HEAD = "/* Bundled by make bundles, with the licences in licences.txt: "


def install() -> None:
    """Raises NodeError."""
    modules = node.packages(HOME)
    VENDOR.mkdir(exist_ok=True)
    for script in SCRIPTS:
        source = modules / script
        shutil.copyfile(source, VENDOR / source.name)


def build(target: Path = BUNDLED) -> None:
    """Writes the bundles, and the licences of what is in them. Raises NodeError."""
    modules = node.packages(EDITORS)
    target.mkdir(exist_ok=True)
    packed: set[str] = set()
    for name in BUNDLES:
        packed |= _bundle(name, modules, target)
    (target / "licences.txt").write_text(_licences(sorted(packed), modules), "utf-8")


def versions() -> dict[str, str]:
    """Returns the versions that the lock of the editors pins, by package."""
    lock = json.loads((EDITORS / "package-lock.json").read_text("utf-8"))
    return {path.removeprefix(MODULES): one["version"] for path, one in lock["packages"].items() if path}


def head(packages: set[str]) -> str:
    """Returns the first line of a bundle: the packages in it, with their versions."""
    pinned = versions()
    return f"{HEAD}{', '.join(f'{name} {pinned[name]}' for name in sorted(packages))} */\n"


def _bundle(name: str, modules: Path, target: Path) -> set[str]:
    """Returns the packages that are in it."""
    output, report = target / f"{name}.js", EDITORS / MODULES / f".{name}.json"
    options = ("--bundle", "--minify", "--format=iife", "--target=es2022", "--charset=utf8", "--legal-comments=none")
    node.run_program(
        modules / "@esbuild" / _platform(modules) / "bin" / "esbuild",
        EDITORS / f"{name}.js",
        *options,
        f"--outfile={output}",
        f"--metafile={report}",
    )
    packages = _packages(json.loads(report.read_text("utf-8")))
    output.write_text(head(packages) + output.read_text("utf-8"), "utf-8")
    return packages


def _platform(modules: Path) -> str:
    return next(path.name for path in (modules / "@esbuild").iterdir())


def _packages(report: Any) -> set[str]:
    paths = [path.rpartition(MODULES)[2] for path in report["inputs"] if MODULES in path]
    return {"/".join(path.split("/")[: 2 if path.startswith("@") else 1]) for path in paths}


def _licences(packages: list[str], modules: Path) -> str:
    """Returns the text of each package's licence. Raises StopIteration if a package has none."""
    pinned = versions()
    texts = ((name, next((modules / name).glob("LICEN[CS]E*")).read_text("utf-8").strip()) for name in packages)
    return "\n\n".join(f"{name} {pinned[name]}\n\n{text}" for name, text in texts) + "\n"


if __name__ == "__main__":
    build() if sys.argv[1:] == ["build"] else install()
