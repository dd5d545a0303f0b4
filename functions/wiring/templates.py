"""Templates: partials, stored and bundled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.wiring.adapters import partials

if TYPE_CHECKING:
    from functions.steps.templates.partials import Sharing
    from functions.wiring.container import Container


def partial_library(c: Container) -> Sharing:
    from functions.adapters.templates import starters
    from functions.steps.templates.partials import Sharing

    return Sharing(stored=c.get(partials), bundled=starters.partial, bundled_names=starters.partials)
