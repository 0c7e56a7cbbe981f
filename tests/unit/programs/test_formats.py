"""Documents of older formats are brought to the newest; of newer ones they are refused."""

import copy
from typing import Any

import pytest

from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.programs import formats
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid, RevisionUnreadable
from saleor_loyalty_app.programs.formats import FORMAT, Formats, NewerFormat
from saleor_loyalty_app.programs.problems import problems_in, read_program, read_stored
from saleor_loyalty_app.programs.rewards import RewardItem, item_to_store, stored_item
from saleor_loyalty_app.programs.yaml_text import program_from_yaml, program_to_yaml
from tests.program_samples import PURCHASES, document_of, program_of

ITEM: dict[str, Any] = {
    "id": "mug",
    "names": {"en": "A mug", "tr": "Bir kupa"},
    "gift": {"type": "custom"},
    "points": 60,
    "channels": [{"channel": "default-channel", "currency": "USD"}],
}


def _named(document: dict[str, Any]) -> dict[str, Any]:
    """Pretends that the name was called the title once."""
    if "title" in document:
        document["name"] = document.pop("title")
    for item in document.get("rewards", {}).get("items", ()):
        if "price" in item:
            item["points"] = item.pop("price")
    return document


def _shouted(document: dict[str, Any]) -> dict[str, Any]:
    document["name"] = document["name"].upper()
    return document


@pytest.fixture
def an_older_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there had been a format before the first."""
    monkeypatch.setattr(formats, "FORMATS", Formats(oldest=0, steps=(_named,)))


def old_document() -> dict[str, Any]:
    document = document_of(version=0, rewards={"items": [ITEM]})
    document["title"] = document.pop("name")
    return document


def test_a_document_goes_through_each_step_from_its_own_format_on() -> None:
    known = Formats(oldest=1, steps=(_named, _shouted))

    assert known.newest == 3
    assert known.brought_up({"version": 1, "title": "a"}) == {"version": 3, "name": "A"}
    assert known.brought_up({"version": 2, "name": "a"}) == {"version": 3, "name": "A"}
    assert known.brought_up({"version": 3, "name": "a"}) == {"version": 3, "name": "a"}


def test_what_is_read_is_not_changed_by_a_step() -> None:
    document = {"version": 1, "title": "a", "rewards": {"items": [{"price": 5}]}}
    before = copy.deepcopy(document)

    found = Formats(oldest=1, steps=(_named,)).brought_up(document)

    assert found == {"version": 2, "name": "a", "rewards": {"items": [{"points": 5}]}}
    assert document == before


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(NewerFormat) as failure:
        Formats(oldest=1, steps=(_named,)).brought_up({"version": 3})

    assert (failure.value.found, failure.value.known) == (3, 2)


@pytest.mark.parametrize("version", [None, "1", 1.0, True, 0, -1, [1]])
def test_what_says_no_format_there_was_is_left_to_the_problems(version: object) -> None:
    document = {"version": version, "title": "a"}

    assert Formats(oldest=1, steps=(_named,)).brought_up(document) is document
    if version != 1:
        with pytest.raises(ProgramInvalid) as failure:
            read_program(document_of(version=version))
        assert [problem.path for problem in problems_in(failure.value)] == ["version"]


def test_documents_say_the_newest_format() -> None:
    assert formats.FORMATS.newest == FORMAT
    assert program_of().document["version"] == FORMAT
    assert Program.model_json_schema()["properties"]["version"]["const"] == FORMAT


@pytest.mark.usefixtures("an_older_format")
def test_a_document_of_an_older_format_is_read_and_written_in_the_newest() -> None:
    program = read_program(old_document())

    assert program == program_of(rewards={"items": [ITEM]})
    assert read_stored(old_document()) == program
    assert program.document["version"] == FORMAT
    assert program_from_yaml(program_to_yaml(program)) == program


@pytest.mark.usefixtures("an_older_format")
def test_a_problem_stands_where_it_is_in_the_newest_format() -> None:
    document = old_document() | {"title": ""}

    with pytest.raises(ProgramInvalid) as failure:
        read_program(document)

    assert [problem.path for problem in problems_in(failure.value)] == ["name"]


@pytest.mark.usefixtures("an_older_format")
def test_a_reward_that_is_kept_by_itself_is_read_in_the_newest_format() -> None:
    before = {"version": 0, **ITEM}
    before["price"] = before.pop("points")

    assert stored_item(before) == RewardItem.model_validate(ITEM)


def test_a_reward_says_which_format_it_is_of() -> None:
    item = RewardItem.model_validate(ITEM)

    assert item_to_store(item)["version"] == FORMAT
    assert stored_item(item_to_store(item)) == item
    with pytest.raises(RevisionUnreadable):
        stored_item(item_to_store(item) | {"version": FORMAT + 1})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_of_a_newer_format_is_refused_with_its_reason(language: str) -> None:
    text = program_to_yaml(program_of()).replace(f"version: {FORMAT}", f"version: {FORMAT + 6}")

    with pytest.raises(ProgramInvalid) as failure:
        program_from_yaml(text)

    [problem] = problems_in(failure.value)
    assert (problem.code, problem.path) == ("format_newer", "version")
    assert f" {FORMAT + 6}" in problem.in_words(language)
    assert problem.in_words(language).startswith("version: ")


def test_a_revision_of_a_newer_format_is_not_decided_by() -> None:
    with pytest.raises(RevisionUnreadable) as failure:
        read_stored(program_of().document | {"version": FORMAT + 1})

    assert failure.value.status == 503
    assert failure.value.detail == {"found": FORMAT + 1, "known": FORMAT}


def test_a_revision_that_was_changed_since_is_not_decided_by() -> None:
    with pytest.raises(RevisionUnreadable) as failure:
        read_stored(program_of().document | {"unheard_of": 1})

    assert failure.value.detail == {"found": FORMAT, "known": FORMAT, "count": 1}


UNFIT: list[dict[str, Any]] = [
    document_of(PURCHASES, PURCHASES),
    document_of(PURCHASES | {"when": {"type": "expression", "cel": "order.gone > 3"}}),
    document_of(PURCHASES | {"when": {"type": "hour", "start": 3, "end": 3}}),
    document_of(PURCHASES | {"caps": {}}),
    document_of(tiers={"levels": [{"id": "a", "names": {}}, {"id": "a", "names": {}}]}),
    document_of(segments=[{"id": "a", "rule": {"type": "country", "codes": ["US"]}}] * 2),
    document_of(rewards={"items": [ITEM | {"channels": ITEM["channels"] * 2}]}),
]


@pytest.mark.parametrize("document", UNFIT)
def test_what_was_published_is_read_whatever_is_asked_of_documents_now(
    document: dict[str, Any],
) -> None:
    with pytest.raises(ProgramInvalid):
        read_program(document)

    program = read_stored(document)

    assert read_stored(program.document) == program
