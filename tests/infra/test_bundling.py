"""The one asset of all functions, built without Docker."""

from __future__ import annotations

import gettext
import os
import zipfile
from pathlib import Path

import pytest

from infra.asset import bundling
from infra.node import NodeError
from tests.support.aws import cdk_app

MAGIC_3_13 = (3571).to_bytes(2, "little") + b"\r\n"  # opens every .pyc of Python 3.13
UNCHECKED_HASH = (1).to_bytes(4, "little")  # PEP 552: valid whatever the source's time


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replaces our project by a small one."""
    root = tmp_path / "project"
    for name, text in {
        "functions/deliver.py": "handler = print\n",
        "functions/core/sending/send.py": "SEND = 1\n",
        "templates/email/receipt/body.mjml": "<mjml/>",
        "infra/constraints.txt": "",
        "infra/recipe.py": "",
        "pyproject.toml": '[project]\ndependencies = ["anvil>=1"]\n',
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(bundling, "ROOT", root)
    monkeypatch.setattr(bundling, "BUILD", tmp_path / "build")
    monkeypatch.setattr(bundling, "CONSTRAINTS", root / "infra" / "constraints.txt")
    monkeypatch.setattr(bundling, "RECIPE", (root / "infra" / "constraints.txt", root / "infra" / "recipe.py"))
    return root


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Replaces the network's package index by one in a folder."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for variable, value in {"NO_INDEX": "1", "FIND_LINKS": str(folder), "CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(f"PIP_{variable}", value)
    return folder


def _add_wheel(folder: Path, version: str, tag: str) -> None:
    """Adds a release of `anvil`, as small as pip accepts."""
    info = f"anvil-{version}.dist-info"
    with zipfile.ZipFile(folder / f"anvil-{version}-{tag}.whl", "w") as wheel:
        wheel.writestr("anvil/__init__.py", f"VERSION = {version!r}\nTAG = {tag!r}\n")
        wheel.writestr("anvil/tests/test_anvil.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: anvil\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n")
        wheel.writestr(f"{info}/RECORD", "")


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_plain_asset_is_our_source(project: Path) -> None:
    """Bytecode of this machine's Python and hidden files are not in it."""
    for name in ("functions/__pycache__/deliver.cpython-311.pyc", "functions/.DS_Store"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("")
    assert _files(bundling.plain_asset()) == {
        "functions/deliver.py",
        "functions/core/sending/send.py",
        "templates/email/receipt/body.mjml",
    }


def test_an_unchanged_tree_is_the_same_asset(project: Path) -> None:
    """Times of files have no effect, so a fresh clone deploys nothing new."""
    before = bundling.plain_asset()
    os.utime(project / "functions" / "deliver.py", (0, 0))
    assert bundling.plain_asset() == before


@pytest.mark.parametrize("changed", ["functions/deliver.py", "templates/email/receipt/body.mjml"])
def test_a_changed_source_is_another_asset(project: Path, changed: str) -> None:
    """The one before it stays for a while, since another synthesis may be copying it."""
    before = bundling.plain_asset()
    (project / changed).write_text("changed")
    after = bundling.plain_asset()
    assert (after / changed).read_text() == "changed"
    assert before.exists()


def test_old_assets_are_deleted(project: Path) -> None:
    """Each is 50 MB, and every change of the source creates one."""
    before = bundling.plain_asset()
    os.utime(before, (0, 0))
    (project / "functions" / "deliver.py").write_text("changed")
    bundling.plain_asset()
    assert not before.exists()


def test_two_syntheses_may_build_one_asset(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second to finish uses the asset of the first."""
    copy, inner = bundling.copy_sources, []

    def overtaken(folder: Path) -> None:
        monkeypatch.setattr(bundling, "copy_sources", copy)
        inner.append(bundling.plain_asset())
        copy(folder)

    monkeypatch.setattr(bundling, "copy_sources", overtaken)
    assert bundling.plain_asset() == inner[0]


@pytest.mark.parametrize("changed", ["infra/constraints.txt", "infra/recipe.py", "pyproject.toml"])
def test_a_changed_recipe_is_another_asset(project: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    """Versions, requirements and the way of building are part of the fingerprint."""
    monkeypatch.setattr(bundling, "vendor", lambda _folder, _requirements: None)
    monkeypatch.setattr(bundling, "compile_translations", lambda _folder: None)
    monkeypatch.setattr(bundling, "compile_all", lambda _folder: None)
    before = bundling.lambda_asset()
    (project / changed).write_text('[project]\ndependencies = ["anvil>=2"]\n')
    assert bundling.lambda_asset().name != before.name


def test_a_failed_asset_is_not_stored(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next synthesis builds it again."""

    def fail(folder: Path, _requirements: list[str]) -> None:
        (folder / "half").write_text("done")
        raise bundling.BundlingError("no network")

    monkeypatch.setattr(bundling, "vendor", fail)
    with pytest.raises(bundling.BundlingError, match="no network"):
        bundling.lambda_asset()
    assert _files(bundling.BUILD) == set()


def test_missing_constraints_are_an_error(project: Path) -> None:
    """Versions without a pin are not deployed."""
    bundling.CONSTRAINTS.unlink()
    with pytest.raises(bundling.BundlingError, match=r"constraints\.txt is missing"):
        bundling.lambda_asset()


def test_wheels_are_lambdas_and_constrained(project: Path, wheels: Path, tmp_path: Path) -> None:
    """They are for Linux on arm64 and Python 3.13, of the pinned version, and without tests, on any machine."""
    for version in ("1.0", "1.1"):
        _add_wheel(wheels, version, "cp313-cp313-manylinux_2_28_aarch64")
        _add_wheel(wheels, version, "cp313-cp313-manylinux_2_28_x86_64")
        _add_wheel(wheels, version, "cp311-cp311-manylinux_2_28_aarch64")
    bundling.CONSTRAINTS.write_text("anvil==1.0\n")
    folder = tmp_path / "asset"
    bundling.vendor(folder, ["anvil>=1"])
    assert (folder / "anvil" / "__init__.py").read_text() == (
        "VERSION = '1.0'\nTAG = 'cp313-cp313-manylinux_2_28_aarch64'\n"
    )
    assert not any("tests" in name or name.endswith(("RECORD", ".pyc")) for name in _files(folder))


def test_a_package_that_lambda_cannot_run_is_an_error(project: Path, wheels: Path, tmp_path: Path) -> None:
    """The message is pip's. It is not built from source, and not for another machine."""
    _add_wheel(wheels, "1.0", "cp313-cp313-manylinux_2_28_x86_64")
    with pytest.raises(bundling.BundlingError, match="No matching distribution found for anvil"):
        bundling.vendor(tmp_path / "asset", ["anvil>=1"])


def _compiled(path: Path) -> bytes:
    (pyc,) = (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")
    assert pyc.name == f"{path.stem}.cpython-313.pyc"
    return pyc.read_bytes()


def test_bytecode_is_lambdas(tmp_path: Path) -> None:
    """It is of Python 3.13 on any machine, trusted at any file time, and has the paths of the sources in Lambda."""
    source = tmp_path / "functions" / "deliver.py"
    source.parent.mkdir()
    source.write_text("def handler(event, context):\n    return event\n")
    bundling.compile_all(tmp_path)
    compiled = _compiled(source)
    assert compiled.startswith(MAGIC_3_13 + UNCHECKED_HASH)
    assert b"/var/task/functions/deliver.py" in compiled


def test_the_asset_has_compiled_translations(tmp_path: Path) -> None:
    """They are of the .po files, whatever the set-up of this machine compiled before."""
    bundling.copy_sources(tmp_path)
    assert not list(tmp_path.rglob("*.mo"))
    bundling.compile_translations(tmp_path)
    italian = gettext.translation("staffetta", tmp_path / "functions" / "i18n" / "locales", ["it"])
    assert italian.gettext("Email preferences") == "Preferenze email"


def test_source_that_does_not_compile_is_an_error(tmp_path: Path) -> None:
    """It is not deployed."""
    (tmp_path / "broken.py").write_text("def handler(:\n")
    with pytest.raises((bundling.BundlingError, NodeError), match=r"broken\.py"):
        bundling.compile_all(tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_real_asset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All our requirements exist for Lambda, all code is compiled, and the asset is small enough for a function."""
    monkeypatch.setattr(bundling, "BUILD", tmp_path)
    asset = bundling.lambda_asset()
    sources = list(asset.rglob("*.py"))
    assert {"functions", "boto3", "msgspec", "jinja2", "mrml", "cssselect2", "tinycss2", "aws_lambda_powertools"} <= {
        path.name for path in asset.iterdir()
    }
    assert all(_compiled(source).startswith(MAGIC_3_13 + UNCHECKED_HASH) for source in sources)
    libraries = [path.read_bytes()[:20] for path in asset.rglob("*.so")]
    assert libraries
    assert all(header[18:20] == b"\xb7\x00" for header in libraries), "ELF machine 0xB7 is arm64"
    assert sum(path.stat().st_size for path in asset.rglob("*") if path.is_file()) < 250 * 2**20
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in asset.rglob("*"))


def test_synthesis_reports_one_line_per_error(tmp_path: Path) -> None:
    """`cdk synth` with a wrong setting prints no stack trace."""
    environment = {"CDK_CONTEXT_JSON": '{"staffetta:bundle": "maybe"}', "CDK_OUTDIR": str(tmp_path)}
    assert cdk_app.synthesize(environment) == ("", "staffetta:bundle is 'maybe'; give true or false")
