"""The catalogue of `world`, built once."""

import pytest

from tests.security.world import World, make_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A catalogue with everything in every state and under every restriction; read only by custom."""
    return make_world(tmp_path_factory.mktemp("world") / "data")
