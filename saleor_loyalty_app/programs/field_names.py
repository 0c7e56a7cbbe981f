"""Which fields a document may have at a place, as its models say. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


def fields_at(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The fields of what stands at a place; empty where the models do not tell it.

    Args:
        place: as Pydantic locates errors, with the kinds of union members in it.
    """
    found: list[Any] = [model]
    for step in place:
        of_kind = [one for one in found if _is_kind(one, step)] if len(found) > 1 else []
        found = of_kind or [inner for one in found for inner in _inside(one, step)]
    models = [one for one in found if _is_model(one)]
    return list(dict.fromkeys(name for one in models for name in one.model_fields))


def _inside(kind: Any, step: str | int) -> list[Any]:
    if _is_model(kind):
        field = kind.model_fields.get(step)
        return [] if field is None else list(_members(field.annotation))
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (tuple, list) and arguments and isinstance(step, int):
        return list(_members(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping) and len(arguments) > 1:
        return list(_members(arguments[1]))
    return []


def _members(annotation: Any) -> Iterator[Any]:
    """The types that an annotation stands for, one by one."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _members(one)
    elif annotation is not NoneType:
        yield annotation


def _is_kind(kind: Any, step: str | int) -> bool:
    if not _is_model(kind) or "type" not in kind.model_fields:
        return False
    named = kind.model_fields["type"].annotation
    return get_origin(named) is Literal and step in get_args(named)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
