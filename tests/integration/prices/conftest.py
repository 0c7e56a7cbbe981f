"""A stage on each database."""

from tests.integration.rewards.conftest import make_stage, stage

__all__ = ["make_stage", "stage"]
