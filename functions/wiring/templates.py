"""Templates: partials, stored and bundled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.adapters import partials

if TYPE_CHECKING:
    from functions.steps.templates.partials import PartialLibrary
    from functions.wiring.container import Container


def partial_library(c: Container) -> PartialLibrary:
    from functions.adapters.templates import starters
    from functions.steps.templates.partials import PartialLibrary

    return PartialLibrary(stored=c.get(partials), bundled=starters.partial, bundled_names=starters.partials)
