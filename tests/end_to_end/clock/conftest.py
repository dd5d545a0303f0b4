from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.clock.stack import MovableStack, movable_stack


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MovableStack]:
    """Finds it by `--stage local` too."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch, movable_stack(folder) as running:
        patch.setenv("XDG_STATE_HOME", str(folder))
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        yield running
