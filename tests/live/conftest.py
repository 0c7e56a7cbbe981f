"""Which store the story is told to: SALEOR_API_URL with a staff login."""

import os
from collections.abc import Iterator

import pytest

from tests.live.scene import Scene, staged
from tests.live.shop import Shop


@pytest.fixture(scope="module")
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """The app beside a real Saleor, with the module's `PROGRAM`; skipped where none is named."""
    api_url = os.environ.get("SALEOR_API_URL")
    if not api_url:
        pytest.skip(
            "no Saleor is named: make live SALEOR_API_URL=… SALEOR_EMAIL=… SALEOR_PASSWORD=…"
        )
    shop = Shop(api_url, os.environ["SALEOR_EMAIL"], os.environ["SALEOR_PASSWORD"])
    with (
        shop.http,
        staged(shop, tmp_path_factory.mktemp("live"), request.module.PROGRAM) as staged_scene,
    ):
        yield staged_scene
