"""The software bill of materials of the functions' asset, in CycloneDX: `python -m infra.asset.sbom` writes build/sbom.json.

It lists what the folder of the asset holds, and not what was requested.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions, version
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from infra import ROOT
from infra.asset.bundling import BundlingError, lambda_asset
from infra.asset.licences import licence
from infra.node import NodeError

FILE = ROOT / "build" / "sbom.json"
OWN = "staffetta"


def packages(asset: Path) -> list[Distribution]:
    """Returns the packages whose metadata the asset has, by name."""
    return sorted(distributions(path=[str(asset)]), key=lambda package: package.metadata["Name"].lower())


def sbom(contents: Iterable[Distribution]) -> str:
    """Returns the document as JSON."""
    bom = Bom()
    bom.metadata.component = Component(
        name=OWN,
        version=version(OWN),
        type=ComponentType.APPLICATION,
        bom_ref=OWN,
        licenses=[LicenseFactory().make_from_string("Apache-2.0")],
    )
    components = [_component(package) for package in contents]
    bom.components.update(components)
    bom.register_dependency(bom.metadata.component, components)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _component(package: Distribution) -> Component:
    name, expression = str(package.metadata["Name"]), licence(package)
    url = PackageURL("pypi", name=name.lower().replace("_", "-"), version=package.version)
    return Component(
        name=name,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=str(url),
        licenses=[LicenseFactory().make_from_string(expression)] if expression else [],
    )


def main() -> None:
    try:
        asset = lambda_asset()
    except (BundlingError, NodeError) as error:
        sys.exit(str(error))
    contents = packages(asset)
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(sbom(contents) + "\n", "utf-8")
    sys.stdout.write(f"{FILE.relative_to(ROOT)}: {len(contents)} packages\n")


if __name__ == "__main__":
    main()
