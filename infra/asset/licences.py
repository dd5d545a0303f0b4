"""The licences of the packages in the functions' asset. Each must let users run and share the asset without further duties."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement

# SPDX's names. All are permissive: they require a notice only.
ALLOWED = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "PSF-2.0"}

# Packages whose metadata has no licence, or one in other words. Their repositories state these.
STATED = {
    "crawler-user-agents": "MIT",
    "mrml": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
}
_WORDS = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
}
_CLASSIFIER = "License :: OSI Approved :: "


def licence(package: Distribution) -> str | None:
    """Returns a package's licence as an SPDX expression, or None if its metadata has none."""
    metadata = package.metadata
    name = str(metadata["Name"])
    expression = field(package, "License-Expression")
    if expression or name in STATED:
        return str(expression or STATED[name])
    classifiers = (text.removeprefix(_CLASSIFIER) for text in metadata.get_all("Classifier") or ())
    words = [field(package, "License"), *classifiers]
    return next((_WORDS.get(word, word) for word in words if _WORDS.get(word, word) in ALLOWED), None)


def field(package: Distribution, name: str) -> str:
    """Returns a field of the metadata, empty if it is absent."""
    return str(next(iter(package.metadata.get_all(name) or ()), ""))


def is_allowed(expression: str | None) -> bool:
    """Returns whether one of an expression's choices is allowed in all its parts."""
    choices = (expression or "").replace("(", "").replace(")", "").split(" OR ")
    return any(set(choice.split(" AND ")) <= ALLOWED for choice in choices)


def closure(requirements: Iterable[str]) -> dict[str, Distribution]:
    """Returns the installed packages that the requirements need, themselves included. Raises PackageNotFoundError."""
    packages: dict[str, Distribution] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        package = distribution(requirement.name)
        if package.metadata["Name"] not in packages:
            packages[package.metadata["Name"]] = package
            waiting += [Requirement(text) for text in package.requires or ()]
    return packages
