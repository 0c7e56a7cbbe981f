"""What a newer JSON Schema refuses, or takes for something else, that an older one let pass.

Compares the schemas that Pydantic writes for models; where it cannot tell, it says so.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

Schema = Mapping[str, Any]

#: The short names are how Pydantic tells the limits of decimals, which are texts.
_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "ge", "gt")
_AT_MOST = (
    *("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"),
    *("le", "lt", "decimal_places"),
)
_SAME = ("pattern", "format", "multipleOf", "uniqueItems")
_KNOWN = frozenset(
    (
        *_AT_LEAST,
        *_AT_MOST,
        *_SAME,
        *("$ref", "$defs", "type", "const", "enum", "default", "anyOf", "oneOf", "discriminator"),
        *("properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
        *("items", "prefixItems"),
    )
)


def narrowed(old: Schema, new: Schema) -> Iterator[str]:
    """The places where documents of the old schema may not fit the new one, each with why."""
    yield from _Comparison(old, new).of(old, new, "")


class _Comparison:
    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old.get("$defs", {})
        self._new = new.get("$defs", {})
        self._compared: set[tuple[str, str]] = set()

    def of(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        pair = (str(old.get("$ref", "")), str(new.get("$ref", "")))
        if all(pair):
            # Conditions have conditions in them: what is compared already is not compared again.
            if pair in self._compared:
                return
            self._compared.add(pair)
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        if unknown := (old.keys() | new.keys()) - _KNOWN:
            yield f"{path}: cannot be compared: {', '.join(sorted(unknown))}"
            return
        if "oneOf" in new or "anyOf" in new:
            # Those of decimals stand beside the number and the text that they are written as.
            yield from _limits(old, new, path)
        if "oneOf" in old or "anyOf" in old:
            yield from self._choices(old, new, path)
        elif "oneOf" in new or "anyOf" in new:
            if not any(self._fits(old, one) for one in _branches(new)):
                yield f"{path}: none of the values that are allowed now is what was allowed"
        else:
            yield from self._plain(old, new, path)

    def _choices(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        before = old.get("discriminator", {}).get("mapping")
        after = new.get("discriminator", {}).get("mapping")
        if before and after:
            for tag, ref in before.items():
                place = f"{path}<{tag}>"
                if tag in after:
                    yield from self.of({"$ref": ref}, {"$ref": after[tag]}, place)
                else:
                    yield f"{place}: is gone"
            return
        for one in _branches(old):
            if any(self._fits(one, other) for other in _branches(new)):
                continue
            alike = [other for other in _branches(new) if self._kind(other) == self._kind(one)]
            if len(alike) == 1:
                yield from self.of(one, alike[0], path)
            else:
                yield f"{path}: {self._kind(one)} is not allowed any more"

    def _kind(self, one: Schema) -> str:
        return str(one.get("$ref") or one.get("type") or sorted(one))

    def _fits(self, old: Schema, new: Schema) -> bool:
        kept = set(self._compared)
        fits = next(self.of(old, new, ""), None) is None
        if not fits:
            self._compared = kept
        return fits

    def _plain(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        if "type" in new and new["type"] != old.get("type"):
            yield f"{path}: was {old.get('type')}, is {new['type']}"
            return
        yield from _values(old, new, path)
        yield from _limits(old, new, path)
        yield from self._fields(old, new, path)
        if "items" in new:
            yield from self.of(old.get("items", {}), new["items"], f"{path}[]")
        if old.get("prefixItems") != new.get("prefixItems"):
            yield f"{path}: its places have changed"

    def _fields(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{path}.{name}: is required now"
        for name, field in before.items():
            place = f"{path}.{name}"
            if name not in after:
                if new.get("additionalProperties") is False:
                    yield f"{place}: is gone"
                continue
            if "default" in field and not _means_the_same(field, after[name]):
                yield f"{place}: means something else where it is not said"
            yield from self.of(field, after[name], place)
        rest, closed = old.get("additionalProperties"), new.get("additionalProperties")
        if isinstance(closed, Mapping):
            yield from self.of(rest if isinstance(rest, Mapping) else {}, closed, f"{path}{{}}")
        elif closed is False and rest is not False:
            yield f"{path}: other fields are not allowed any more"
        for name in ("patternProperties", "propertyNames"):
            if name in new and bool(old.get(name)) is False:
                yield f"{path}: names of fields are limited now"
            elif name == "patternProperties":
                yield from self._patterns(old.get(name, {}), new.get(name, {}), path)
            elif old.get(name) and new.get(name):
                yield from self.of(old[name], new[name], f"{path}{{name}}")

    def _patterns(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        for pattern, field in old.items():
            if pattern in new:
                yield from self.of(field, new[pattern], f"{path}{{}}")
            else:
                yield f"{path}: names of fields have another pattern"


def _resolved(schema: Schema, known: Schema) -> Schema:
    ref = schema.get("$ref")
    if ref is None:
        return schema
    found: Schema = known[str(ref).removeprefix("#/$defs/")]
    return found


def _branches(schema: Schema) -> list[Schema]:
    return list(schema.get("oneOf") or schema.get("anyOf") or [schema])


def _values(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = _allowed(old), _allowed(new)
    if after is None:
        return
    if before is None:
        yield f"{path}: only {after} are allowed now"
        return
    for value in before:
        if value not in after:
            yield f"{path}: {value!r} is not allowed any more"


def _means_the_same(old: Schema, new: Schema) -> bool:
    return "default" in new and _is_part(old["default"], new["default"])


def _is_part(old: object, new: object) -> bool:
    """Whether a value is the old one, where sections may have grown by fields."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return all(name in new and _is_part(value, new[name]) for name, value in old.items())
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return all(_is_part(one, other) for one, other in zip(old, new, strict=True))
    return old == new


def _allowed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _number(limit: Any) -> Decimal:
    return Decimal(str(limit))


def _limits(old: Schema, new: Schema, path: str) -> Iterator[str]:
    for name in _AT_LEAST:
        if name in new and (name not in old or _number(new[name]) > _number(old[name])):
            yield f"{path}: {name} was {old.get(name)}, is {new[name]}"
    for name in _AT_MOST:
        if name in new and (name not in old or _number(new[name]) < _number(old[name])):
            yield f"{path}: {name} was {old.get(name)}, is {new[name]}"
    for name in _SAME:
        if name in new and new[name] != old.get(name):
            yield f"{path}: {name} was {old.get(name)}, is {new[name]}"
