"""The pages' types of the Dashboard API say what the API says."""

from tools.api_types import TYPES, heading


def test_they_are_written_from_the_api_as_it_is() -> None:
    first = TYPES.read_text("utf-8").partition("\n")[0]
    assert first == heading(), "run `make api-types`"
