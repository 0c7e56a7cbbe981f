"""A stage on each database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stamina

from saleor_loyalty_app.db.database import Database
from tests.redemption_stage import Stage

MakeStage = Callable[..., Stage]


@pytest.fixture
def make_stage(database: Database) -> Iterator[MakeStage]:
    """Opens stores on one database, each with a shopper who has 2000 points."""
    opened: list[Stage] = []

    def make(**options: Any) -> Stage:
        stage = Stage.open(database, **options)
        stage.give(2000)
        opened.append(stage)
        return stage

    stamina.set_testing(True, attempts=1)
    yield make
    stamina.set_testing(False)
    for stage in opened:
        stage.http.close()


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    """A store with Saleor 3.23."""
    return make_stage()
