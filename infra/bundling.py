"""The one asset of all functions: our source, the dependencies as arm64 wheels, and .pyc of the Lambda's own Python version.

No Docker: pip fetches wheels for another platform as well as for its own, and CPython in WebAssembly (infra/node) compiles
for a version that the machine has not. Without .pyc every cold start would compile, and take some 600 ms longer.
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
CONSTRAINTS = ROOT / "infra" / "constraints.txt"
PYTHON = (3, 13)  # of the Lambda runtime, and of the pyodide that infra/node pins

# Python 3.13 runs on Amazon Linux 2023, whose glibc is 2.34: wheels built for an older one fit.
PLATFORMS = ("manylinux2014_aarch64", *(f"manylinux_2_{minor}_aarch64" for minor in range(17, 35)))

# Never needed in Lambda, or (RECORD) wrong after the rest is gone.
PRUNED = ("bin", "**/tests", "*.dist-info/RECORD")

# What, beside the source and the requirements, decides how an asset comes out.
RECIPE = (
    Path(__file__),
    CONSTRAINTS,
    *(node.HERE / name for name in ("compile.py", "compile.mjs", "package-lock.json")),
)


class BundlingError(Exception):
    """The asset cannot be made; the message says why, in the words of the program that failed."""


def plain_asset() -> Path:
    """Our source alone: enough for the local stack, whose machine has the dependencies installed."""
    return _made_once("plain", fingerprint(sources()), copy_sources)


def lambda_asset() -> Path:
    """The whole asset for Lambda. Raises BundlingError, or NodeError."""
    wanted = requirements()

    def make(folder: Path) -> None:
        vendor(folder, wanted)
        copy_sources(folder)
        compile_all(folder)
        _make_readable(folder)

    return _made_once("lambda", fingerprint([*sources(), *RECIPE], *wanted), make)


def sources() -> Iterator[Path]:
    """Our own files, in a fixed order."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc" and not path.name.startswith("."):
                yield path


def copy_sources(folder: Path) -> None:
    for source in sources():
        target = folder / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def requirements() -> list[str]:
    """What the functions import, as pyproject.toml declares it."""
    declared: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    return declared


def vendor(folder: Path, wanted: list[str]) -> None:
    """Install wheels for Lambda into the folder, in the versions that constraints.txt pins, and prune them.

    pip reads a requirement's conditions (`; python_version < ...`) with its own Python, not Lambda's; none of ours has one.
    """
    _run(
        *(sys.executable, "-m", "pip", "install", *wanted, f"--constraint={CONSTRAINTS}", f"--target={folder}"),
        *("--only-binary=:all:", "--implementation=cp", f"--python-version={PYTHON[0]}.{PYTHON[1]}"),
        *(f"--platform={platform}" for platform in PLATFORMS),
        *("--no-compile", "--no-input", "--quiet", "--disable-pip-version-check"),
    )
    for pattern in PRUNED:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def compile_all(folder: Path) -> None:
    """Put a .pyc for the Lambda's Python beside every .py."""
    if sys.version_info[:2] == PYTHON:
        _run(sys.executable, str(node.HERE / "compile.py"), str(folder))
    else:
        node.packages()
        node.run(node.HERE / "compile.mjs", folder)


def fingerprint(files: Iterator[Path] | list[Path], *more: str) -> str:
    """Of contents alone, so an unchanged tree is the same asset on any machine and at any time."""
    contents = [(path.relative_to(ROOT).as_posix(), hashlib.sha256(_read(path)).hexdigest()) for path in files]
    return hashlib.sha256(json.dumps([contents, more]).encode()).hexdigest()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BundlingError(f"{path} is missing, and the asset of the functions depends on it") from None


def _made_once(kind: str, fingerprint: str, make: Callable[[Path], None]) -> Path:
    """The folder of this fingerprint, made where it is not there yet. It appears at once and whole, or not at all."""
    home = BUILD / kind
    asset = home / fingerprint
    if not asset.exists():
        home.mkdir(parents=True, exist_ok=True)
        _forget_stale(home)
        with tempfile.TemporaryDirectory(dir=BUILD) as workshop:
            unfinished = Path(workshop) / kind
            unfinished.mkdir()
            make(unfinished)
            _publish(unfinished, asset)
    return asset


def _publish(unfinished: Path, asset: Path) -> None:
    try:
        unfinished.rename(asset)
    except OSError:
        if not asset.exists():  # else another synthesis was quicker, with the same content
            raise


def _forget_stale(home: Path) -> None:
    """Assets of earlier sources go; those of the last hour stay, since another synthesis may be copying them."""
    for asset in home.iterdir():
        if time.time() - asset.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(asset, ignore_errors=True)


def _make_readable(folder: Path) -> None:
    """Lambda runs as another user than the one the files belong to, and the zip keeps this machine's modes."""
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 -- our own command
    if done.returncode:
        raise BundlingError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}".rstrip())
