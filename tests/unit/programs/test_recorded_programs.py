"""What was stored in any format decides today what it decided when it was recorded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.formats import FORMAT, FORMATS
from saleor_loyalty_app.programs.problems import read_program, read_stored
from saleor_loyalty_app.programs.scalars import _canonical
from saleor_loyalty_app.programs.yaml_text import program_from_yaml, program_to_yaml
from tests import recorded_programs
from tests.recorded_programs import (
    Recorded,
    decided_on_deed,
    decided_on_order,
    main,
    recorded,
    schema_of_today,
    schema_path,
)
from tests.schema_growth import narrowed

RECORDED = recorded()
EACH = pytest.mark.parametrize("one", RECORDED, ids=lambda one: one.name)
#: What writes a value in one way, and refuses none.
NORMALIZERS = (_canonical,)
GUIDE = "see docs/developers/program-document.md"


def test_each_format_there_was_has_recorded_programs_and_a_schema() -> None:
    for number in range(FORMATS.oldest, FORMAT + 1):
        assert [one for one in RECORDED if one.format == number], f"record one: {GUIDE}"
        assert schema_path(number).exists(), f"record the schema: {GUIDE}"


@EACH
def test_a_recorded_document_reads_and_goes_round(one: Recorded) -> None:
    program = read_program(one.document)

    assert read_stored(one.document) == program
    assert read_program(json.loads(json.dumps(program.document))) == program
    assert program_from_yaml(program_to_yaml(program)) == program
    assert program.document["version"] == FORMAT
    if one.format == FORMAT:
        assert program.document == one.document, f"its digest would change: {GUIDE}"


@EACH
def test_a_recorded_document_decides_what_it_decided_then(one: Recorded) -> None:
    program = read_stored(one.document)

    assert one.orders
    for told in one.orders:
        assert decided_on_order(program, told) == told["decided"]
    for told in one.deeds:
        assert decided_on_deed(program, told) == told["decided"]


def test_the_recorded_programs_ask_for_everything_that_their_format_knew() -> None:
    for number in {one.format for one in RECORDED}:
        schema = json.loads(schema_path(number).read_text(encoding="utf-8"))
        known = {
            field["const"]
            for model in schema["$defs"].values()
            for name, field in model.get("properties", {}).items()
            if name == "type" and "const" in field
        }
        told = json.dumps([one.document for one in RECORDED if one.format == number])
        assert {kind for kind in known if f'"type": "{kind}"' not in told} == set()
        triggers = set(schema["$defs"]["EarningRule"]["properties"]["trigger"]["enum"])
        assert {one for one in triggers if f'"trigger": "{one}"' not in told} == set()


def test_the_document_has_only_grown_since_its_format_was_recorded() -> None:
    recorded_then = json.loads(schema_path(FORMAT).read_text(encoding="utf-8"))

    found = list(narrowed(recorded_then, schema_of_today()))

    assert found == [], f"documents of format {FORMAT} would not fit any more: {GUIDE}"


def test_a_program_is_recorded_once_with_what_it_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorded_programs, "FOLDER", tmp_path)
    text = program_to_yaml(read_program(RECORDED[0].document))
    file = tmp_path / "program.yaml"
    file.write_text(text, encoding="utf-8")

    assert main(["schema"]) == 0
    assert main(["record", "again", str(file)]) == 0
    [one] = recorded()
    assert (one.name, one.document) == (f"{FORMAT}-again", RECORDED[0].document)
    assert one.orders == [
        told | {"decided": decided_on_order(program_from_yaml(text), told)} for told in one.orders
    ]
    assert any(told["decided"]["awards"] for told in one.orders)
    with pytest.raises(FileExistsError):
        main(["record", "again", str(file)])


def test_a_schema_that_became_narrower_is_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(recorded_programs, "FOLDER", tmp_path)
    before = schema_of_today()
    before["properties"]["color"] = {"type": "string"}
    schema_path(FORMAT).write_text(json.dumps(before), encoding="utf-8")

    assert main(["schema"]) == 1
    assert capsys.readouterr().err == "This needs a new format:\n.color: is gone\n"
    assert json.loads(schema_path(FORMAT).read_text(encoding="utf-8")) == before


def test_a_command_that_there_is_not_says_which_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["recrod"]) == 2
    assert "record NAME FILE" in capsys.readouterr().err


def _damaged(value: Any, path: tuple[int, ...], by: Any) -> Any:
    """A copy in which one place, found by going down by numbers, holds something else."""
    if not path or not isinstance(value, dict | list) or not value:
        return by
    at = path[0] % len(value)
    if isinstance(value, list):
        return [*value[:at], _damaged(value[at], path[1:], by), *value[at + 1 :]]
    name = list(value)[at]
    return value | {name: _damaged(value[name], path[1:], by)}


@given(
    one=st.sampled_from(RECORDED),
    path=st.lists(st.integers(0, 60), min_size=1, max_size=6),
    by=st.sampled_from([None, "", 7, True, [], {}, [None], {"type": "gone"}]),
)
def test_a_draft_with_problems_goes_through_every_step(
    one: Recorded, path: list[int], by: Any
) -> None:
    """A step leaves alone what it does not know."""
    document = _damaged(one.document, tuple(path), by)
    found = FORMATS.brought_up({**document, "version": one.format})

    assert found["version"] == FORMAT


def test_a_part_by_itself_goes_through_every_step() -> None:
    for one in RECORDED:
        for name, part in one.document.items():
            found = FORMATS.brought_up({"version": one.format, name: part})
            assert found["version"] == FORMAT


def _models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        for part in _types(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _models(part, seen)


def _types(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _types(part)


def test_what_parts_say_of_each_other_is_asked_when_a_document_is_written_only() -> None:
    """Otherwise a check that comes or is tightened later would make old revisions unreadable."""
    found, values = list(_models(Program, set())), set()

    assert len(found) > 60
    for model in found:
        for name, validator in model.__pydantic_decorators__.model_validators.items():
            made_in = validator.func.__code__.co_filename
            assert made_in.endswith("written.py"), f"{model.__name__}.{name}: use @when_written"
        for field in model.model_fields.values():
            for one in (*field.metadata, *_types(field.annotation)):
                if isinstance(one, AfterValidator) and one.func not in NORMALIZERS:
                    values.add(repr(one.func))
    assert values
    assert [one for one in values if "value_when_written" not in one] == []
