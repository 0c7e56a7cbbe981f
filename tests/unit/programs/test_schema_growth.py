"""The comparison of schemas finds what would refuse or change documents from before."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, create_model

from saleor_loyalty_app.programs.scalars import ExactDecimal
from tests.recorded_programs import bare_schema
from tests.schema_growth import narrowed


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Red(_Closed):
    type: Literal["red"]


class _Blue(_Closed):
    type: Literal["blue"]
    of: "tuple[_Color, ...]" = ()


class _Green(_Closed):
    type: Literal["green"]


class _DeepBlue(_Closed):
    type: Literal["blue"]
    of: tuple[_Red, ...] = ()


_Color = Annotated[_Red | _Blue, Field(discriminator="type")]
_Blue.model_rebuild()
_More = Annotated[_Red | _Blue | _Green, Field(discriminator="type")]
_Fewer = Annotated[_Red | _Green, Field(discriminator="type")]
_Deeper = Annotated[_Red | _DeepBlue, Field(discriminator="type")]


class _Small(_Closed):
    days: int = 14


class _Grown(_Closed):
    days: int = 14
    hours: int = 0


class _Moved(_Closed):
    days: int = 7


def _schema(**fields: Any) -> dict[str, Any]:
    made = create_model("Made", __base__=_Closed, **fields)
    found = bare_schema(made.model_json_schema())
    assert isinstance(found, dict)
    return found


def _limited(**limits: Any) -> Any:
    return Annotated[int, Field(**limits)]


def _text(**limits: Any) -> Any:
    return Annotated[str, Field(**limits)]


def _money(**limits: Any) -> Any:
    return Annotated[ExactDecimal, Field(**limits)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": (int, ...)}, {"a": (int, ...), "b": (int | None, None)}),
        ({"a": (int, ...)}, {"a": (int | None, None)}),
        ({"a": (Literal["x"], ...)}, {"a": (Literal["x", "y"], ...)}),
        ({"a": (_limited(ge=1, le=5), ...)}, {"a": (_limited(ge=0, le=9), ...)}),
        ({"a": (_text(min_length=2), ...)}, {"a": (str, ...)}),
        ({"a": (_Color, ...)}, {"a": (_More, ...)}),
        ({"a": (_Small, _Small())}, {"a": (_Grown, _Grown())}),
        ({"a": (dict[str, int], {})}, {"a": (dict[str, int | str], {})}),
        ({"a": (tuple[_Color, ...] | None, None)}, {"a": (tuple[_More, ...] | None, None)}),
        ({"title": (str, ...)}, {"title": (str, ...), "description": (str, "")}),
    ],
)
def test_a_document_may_grow(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert list(narrowed(_schema(**before), _schema(**after))) == []


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ({"a": (int, ...), "b": (int, 0)}, {"a": (int, ...)}, ".b: is gone"),
        ({"a": (int, 0)}, {"a": (int, ...)}, ".a: is required now"),
        ({"a": (int, ...)}, {"a": (str, ...)}, ".a: was integer, is string"),
        ({"a": (int, 1)}, {"a": (int, 2)}, ".a: means something else"),
        ({"a": (int | None, None)}, {"a": (int, 0)}, ".a: "),
        ({"a": (Literal["x", "y"], ...)}, {"a": (Literal["x"], ...)}, ".a: "),
        ({"a": (str, ...)}, {"a": (Literal["x"], ...)}, ".a: only"),
        ({"a": (_limited(le=9), ...)}, {"a": (_limited(le=5), ...)}, ".a: maximum was 9, is 5"),
        ({"a": (int, ...)}, {"a": (_limited(ge=1), ...)}, ".a: minimum was None, is 1"),
        ({"a": (str, ...)}, {"a": (_text(max_length=9), ...)}, ".a: maxLength was None"),
        ({"a": (_text(pattern="^a"), ...)}, {"a": (_text(pattern="^b"), ...)}, ".a: pattern"),
        ({"a": (_Color, ...)}, {"a": (_Fewer, ...)}, ".a<blue>: is gone"),
        ({"a": (_Color, ...)}, {"a": (_Deeper, ...)}, ".a<blue>.of[]"),
        ({"a": (_Small, _Small())}, {"a": (_Moved, _Moved())}, ".a: means something else"),
        ({"a": (dict[str, str], {})}, {"a": (dict[str, int], {})}, ".a{}: was string"),
        ({"a": (tuple[_More, ...], ())}, {"a": (tuple[_Color, ...], ())}, ".a[]<green>: is gone"),
        ({"a": (_money(le=Decimal(9)), ...)}, {"a": (_money(le=Decimal(5)), ...)}, ".a: le was 9"),
        ({"a": (Decimal, ...)}, {"a": (int, ...)}, ".a: "),
    ],
)
def test_what_was_allowed_stays_allowed(
    before: dict[str, Any], after: dict[str, Any], place: str
) -> None:
    found = list(narrowed(_schema(**before), _schema(**after)))

    assert len(found) >= 1
    assert found[0].startswith(place)


def test_what_cannot_be_compared_is_told() -> None:
    assert list(narrowed({"type": "string"}, {"type": "string", "contentEncoding": "x"})) == [
        ": cannot be compared: contentEncoding"
    ]
