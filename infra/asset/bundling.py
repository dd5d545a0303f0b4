"""The one asset of all functions: our source, the dependencies as arm64 wheels, and .pyc files of Lambda's Python version.

It needs no Docker: pip can fetch wheels for another platform, and CPython in WebAssembly (infra/node) compiles for a
version that the machine lacks. Without .pyc files every cold start would compile, and take some 600 ms longer.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from infra import ROOT, node

BUILD = ROOT / "build" / "asset"
STALE_SECONDS = 3600
SOURCES = ("functions", "templates")
COMPILED = (".pyc", ".mo")  # this machine's own: the asset gets others
CONSTRAINTS = ROOT / "infra" / "constraints.txt"
PYTHON = (3, 13)  # the version of the Lambda runtime, and of the pyodide that infra/node pins

# Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34: wheels for an older glibc work too.
PLATFORMS = ("manylinux2014_aarch64", *(f"manylinux_2_{minor}_aarch64" for minor in range(17, 35)))

# Files that Lambda never needs, or (RECORD) that are wrong without the others.
PRUNED = ("bin", "**/tests", "*.dist-info/RECORD")

# The files besides the source and the requirements that determine the content of an asset.
RECIPE = (
    Path(__file__),
    CONSTRAINTS,
    *(node.HERE / name for name in ("compile.py", "compile.mjs", "package-lock.json")),
)


class BundlingError(Exception):
    """The asset cannot be built. The message is the output of the program that failed."""


def plain_asset() -> Path:
    """Returns an asset of our source only: the local stack's machine has the dependencies installed."""
    return _build_once("plain", fingerprint(sources()), copy_sources)


def lambda_asset() -> Path:
    """Returns the whole asset for Lambda. Raises BundlingError or NodeError."""
    required = requirements()

    def build(folder: Path) -> None:
        vendor(folder, required)
        copy_sources(folder)
        compile_translations(folder)
        compile_all(folder)
        _make_readable(folder)

    return _build_once("lambda", fingerprint([*sources(), *RECIPE], *required), build)


def sources() -> Iterator[Path]:
    """Yields our own files, in a fixed order."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix not in COMPILED and not path.name.startswith("."):
                yield path


def copy_sources(folder: Path) -> None:
    for source in sources():
        target = folder / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def compile_translations(folder: Path) -> None:
    """Compiles every .po to the .mo that gettext reads."""
    locales = folder / "functions" / "i18n" / "locales"
    _run(sys.executable, "-m", "babel.messages.frontend", "compile", "--domain=staffetta", f"--directory={locales}")


def requirements() -> list[str]:
    """Returns the dependencies of the functions, as pyproject.toml declares them."""
    declared: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return declared


def vendor(folder: Path, required: list[str]) -> None:
    """Installs wheels for Lambda into the folder, in the versions that constraints.txt pins, and prunes them.

    pip evaluates a requirement's conditions (`; python_version < ...`) with its own Python, not Lambda's. Our requirements have no conditions.
    """
    _run(
        *(sys.executable, "-m", "pip", "install", *required, f"--constraint={CONSTRAINTS}", f"--target={folder}"),
        *("--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON[0]}.{PYTHON[1]}"),
        *(f"--platform={platform}" for platform in PLATFORMS),
        *("--no-compile", "--no-input", "--quiet", "--disable-pip-version-check"),
    )
    for pattern in PRUNED:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def compile_all(folder: Path) -> None:
    """Compiles every .py to a .pyc of Lambda's Python version."""
    if sys.version_info[:2] == PYTHON:
        _run(sys.executable, str(node.HERE / "compile.py"), str(folder))
    else:
        node.packages()
        node.run(node.HERE / "compile.mjs", folder)


def fingerprint(files: Iterator[Path] | list[Path], *more: str) -> str:
    """Returns a hash of the contents only, so an unchanged tree is the same asset on any machine and at any time."""
    contents = [(path.relative_to(ROOT).as_posix(), hashlib.sha256(_read(path)).hexdigest()) for path in files]
    return hashlib.sha256(json.dumps([contents, more]).encode()).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BundlingError(f"{path} is missing, and the asset of the functions depends on it") from None


def _build_once(kind: str, fingerprint: str, build: Callable[[Path], None]) -> Path:
    """Returns the folder of this fingerprint, and builds it if it does not exist. It appears as a whole or not at all."""
    home = BUILD / kind
    asset = home / fingerprint
    if not asset.exists():
        home.mkdir(parents=True, exist_ok=True)
        _delete_stale(home)
        with tempfile.TemporaryDirectory(dir=BUILD) as work_dir:
            unfinished = Path(work_dir) / kind
            unfinished.mkdir()
            build(unfinished)
            _publish(unfinished, asset)
    return asset


def _publish(unfinished: Path, asset: Path) -> None:
    try:
        unfinished.rename(asset)
    except OSError:
        if not asset.exists():  # if it exists, another synthesis published the same content first
            raise


def _delete_stale(home: Path) -> None:
    """Deletes assets of earlier sources, except those of the last hour: another synthesis may be copying them."""
    for asset in home.iterdir():
        if time.time() - asset.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(asset, ignore_errors=True)


def _make_readable(folder: Path) -> None:
    """Makes all files readable: Lambda runs as another user than their owner, and the zip preserves this machine's modes."""
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _run(*command: str) -> None:
    completed = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own command
    if completed.returncode:
        raise BundlingError(
            f"{' '.join(command)} ended with {completed.returncode}:\n{completed.stdout}{completed.stderr}".rstrip()
        )
