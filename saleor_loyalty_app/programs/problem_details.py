"""What a problem tells beside its code, so that its text can say what to do: from Pydantic. Pure.

`case` names one of several texts of a code, `near` and `choices` are those of `choices`.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from saleor_loyalty_app.programs import scalars
from saleor_loyalty_app.programs.choices import choice_of, near_name
from saleor_loyalty_app.programs.field_names import fields_at

#: Nesting of objects and lists that a document may have; conditions need far less.
MAX_NESTING = 40
#: So much of a value is told.
_MOST_TOLD = 60
#: What is said of a text that has the wrong form, by the pattern that it has to match.
_FORMS = {
    scalars.IDENTIFIER: "identifier",
    scalars.CURRENCY: "currency",
    scalars.COUNTRY: "country",
    scalars.LOCALE: "locale",
    scalars.NO_SPACES: "spaces",
    scalars.ONE_LINE: "line",
    scalars.PARAGRAPHS: "paragraphs",
    scalars.PAGE_URL: "address",
    scalars.ICON: "icon",
    scalars.PROPERTY_NAME: "name",
    scalars.COLOR: "color",
}
#: How Pydantic writes the limit of a number that is checked after it was read.
_DECIMAL = re.compile(r"^Decimal\('(.*)'\)$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NEEDED = {
    "unknown_type": frozenset(("tag", "expected_tags")),
    "not_allowed": frozenset(("expected",)),
    "too_many": frozenset(("max_length", "actual_length")),
    "too_few": frozenset(("min_length", "actual_length")),
    "text_too_long": frozenset(("max_length",)),
    "text_too_short": frozenset(("min_length",)),
    "bad_format": frozenset(("pattern",)),
    "too_many_places": frozenset(("decimal_places",)),
}
_LIMITS = {"ge": "", "le": "", "gt": "beyond", "lt": "beyond"}


def detail_of(
    item: ErrorDetails, model: type[BaseModel] | None, *, own: bool, code: str
) -> dict[str, Any]:
    """The detail of a problem.

    Args:
        model: what the document was read as; None = its fields are not known.
        own: our models raised it, and gave it all that there is to tell.
    """
    context = item.get("ctx", {})
    if own:
        return {name: value for name, value in context.items() if _is_told(value)}
    if not _NEEDED.get(code, frozenset()) <= context.keys():
        # A plugin's model may call an error of its own as Pydantic calls one.
        return {}
    match code:
        case "unknown_field":
            return _of_field(item, model)
        case "unknown_type":
            found = str(context["tag"])[:_MOST_TOLD]
            return {"found": found, **choice_of(found, _expected(context["expected_tags"]))}
        case "not_allowed":
            written = item["input"] if isinstance(item["input"], str) else ""
            return choice_of(written[:_MOST_TOLD], _expected(context["expected"]))
        case "too_many" | "too_few":
            return _of_number(context, code)
        case "text_too_long":
            return _of_length(item["input"], context["max_length"])
        case "text_too_short":
            return {"limit": str(context["min_length"])}
        case "too_small" | "too_large":
            return _of_limit(context)
        case "bad_format":
            pattern = str(context["pattern"])
            case = _FORMS.get(pattern)
            return {"pattern": pattern, **({"case": case} if case else {})}
        case "too_many_places":
            return {"limit": str(context["decimal_places"])}
        case "too_deep":
            return {"limit": MAX_NESTING}
        case "invalid" if item["type"].startswith(("datetime", "timezone")):
            return {"case": "time"}
    return {}


def _of_field(item: ErrorDetails, model: type[BaseModel] | None) -> dict[str, Any]:
    *place, name = item["loc"]
    known = fields_at(model, place) if model is not None else []
    near = near_name(str(name), known)
    detail = {"name": str(name)[:_MOST_TOLD]}
    return {**detail, "case": "near", "near": near} if near else detail


def _of_number(context: Mapping[str, Any], code: str) -> dict[str, Any]:
    many = code == "too_many"
    limit, found = context["max_length" if many else "min_length"], context["actual_length"]
    if found is None:
        # Pydantic stops counting at the first that is too much.
        found = limit + 1 if many else 0
    return {"limit": str(limit), "found": found, "by": abs(found - limit)}


def _of_length(text: object, limit: int) -> dict[str, Any]:
    length = len(text) if isinstance(text, str) else limit + 1
    # Spaces around a text count only where they are kept, and are what is too much there.
    stripped = len(text.strip()) if isinstance(text, str) else length
    length = stripped if stripped > limit else length
    return {"limit": str(limit), "found": length, "by": length - limit}


def _of_limit(context: Mapping[str, Any]) -> dict[str, Any]:
    for name, case in _LIMITS.items():
        if name in context:
            limit = _DECIMAL.sub(r"\1", str(context[name]))
            if date := _DATE.match(limit):
                return {"limit": date[0], "case": "date"}
            return {"limit": limit, **({"case": case} if case else {})}
    return {}


def _expected(listed: object) -> list[str]:
    """The values in Pydantic's list of those that it expects, such as "'sum' or 'best'" or "1"."""
    found = re.finditer(r"'([^']*)'|\b(\w+)\b", str(listed).replace(" or ", ", "))
    return [one[1] or one[2] for one in found]


def _is_told(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str | int)
