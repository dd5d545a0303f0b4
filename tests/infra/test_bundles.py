"""The committed bundles of the editors are those of their lock: rebuild them with `make bundles` after a change of it."""

from __future__ import annotations

import gzip

import pytest

from infra.node import bundles
from infra.node.bundles import BUNDLED, BUNDLES, HEAD


def packages(name: str) -> set[str]:
    first = (BUNDLED / f"{name}.js").read_text("utf-8").splitlines()[0]
    return {one.rpartition(" ")[0] for one in first.removeprefix(HEAD).removesuffix(" */").split(", ")}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_has_the_versions_of_its_lock(name: str) -> None:
    text = (BUNDLED / f"{name}.js").read_text("utf-8")
    assert text.startswith(bundles.head(packages(name)))


@pytest.mark.parametrize("name", BUNDLES)
def test_every_package_in_a_bundle_has_its_licence(name: str) -> None:
    licences = (BUNDLED / "licences.txt").read_text("utf-8")
    versions = bundles.versions()
    assert packages(name)
    assert [one for one in packages(name) if f"{one} {versions[one]}\n" not in licences] == []


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_evaluates_no_text(name: str) -> None:
    """The browser's policy refuses it."""
    text = (BUNDLED / f"{name}.js").read_text("utf-8")
    assert "eval(" not in text
    assert "new Function(" not in text


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_loads_quickly(name: str) -> None:
    """An editor has at most 400 KB compressed."""
    assert len(gzip.compress((BUNDLED / f"{name}.js").read_bytes())) < 400_000
