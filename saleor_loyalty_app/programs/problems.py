"""What is wrong with a program document, as stable codes with a path and arguments."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from saleor_loyalty_app.i18n import filled
from saleor_loyalty_app.programs.choices import choice_words
from saleor_loyalty_app.programs.document import MAX_DOCUMENT_BYTES, Program, canonical_json
from saleor_loyalty_app.programs.errors import ProgramInvalid, RevisionUnreadable
from saleor_loyalty_app.programs.formats import FORMAT, NewerFormat, newest
from saleor_loyalty_app.programs.problem_details import MAX_NESTING, detail_of
from saleor_loyalty_app.programs.written import as_stored

#: So many problems are told at a time.
MAX_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong (`error`) or doubtful (`warning`) at `path`."""

    code: str
    path: str
    severity: Literal["error", "warning"] = "error"
    detail: Mapping[str, Any] = field(default_factory=dict)

    def in_words(self, language: str) -> str:
        """What is wrong, and what to do about it, as sentences; the path stands before them."""
        text = self.text(language)
        return f"{self.path}: {text}" if self.path else text

    def text(self, language: str) -> str:
        """What is wrong, and what to do about it, as sentences."""
        case = f".{self.detail['case']}" if "case" in self.detail else ""
        choice = choice_words(self.detail, language) if "choices" in self.detail else ""
        key = f"program_problem.{self.code}{case}"
        return filled(key, language, {**self.detail, "choice": choice})

    def as_json(self) -> dict[str, Any]:
        """Code, path, severity and detail as JSON values."""
        return {
            "code": self.code,
            "path": self.path,
            "severity": self.severity,
            "detail": dict(self.detail),
        }


def read_program(document: object) -> Program:
    """A document of JSON values, of any format there was, read as a program.

    Raises:
        ProgramInvalid: with all its problems.
    """
    current = in_newest_format(document)
    try:
        return Program.model_validate(current)
    except ValidationError as error:
        raise invalid(problems_of(error, current)) from error


def read_stored(document: Mapping[str, Any]) -> Program:
    """A published document read to decide by: it was checked when it was written.

    Raises:
        RevisionUnreadable: it is of a format that is not known yet, or not what was written.
    """
    try:
        return Program.model_validate(newest(document), context=as_stored())
    except NewerFormat as error:
        raise RevisionUnreadable(found=error.found, known=error.known) from error
    except ValidationError as error:
        found = document.get("version")
        raise RevisionUnreadable(found=found, known=FORMAT, count=error.error_count()) from error


def in_newest_format(document: object) -> Mapping[str, Any]:
    """A document as it is stored from now on; it may still have problems.

    Raises:
        ProgramInvalid: what `check_size` says, or `format_newer`.
    """
    try:
        return newest(check_size(document))
    except NewerFormat as error:
        detail = {"found": error.found, "known": error.known}
        raise invalid([Problem("format_newer", "version", detail=detail)]) from error


def document_problems(document: object) -> list[Problem]:
    """The problems of a document by itself, without a look at the store."""
    try:
        read_program(document)
    except ProgramInvalid as error:
        return [problem_of_json(problem) for problem in _listed(error)]
    return []


def invalid(problems: Sequence[Problem]) -> ProgramInvalid:
    """The failure that carries these problems."""
    return ProgramInvalid(
        count=len(problems), problems=[problem.as_json() for problem in problems[:MAX_PROBLEMS]]
    )


def problems_in(error: ProgramInvalid) -> list[Problem]:
    """The problems that a failure carries."""
    return [problem_of_json(problem) for problem in _listed(error)]


def check_size(document: object) -> Mapping[str, Any]:
    """Refuses what is no JSON object, or too large or deep to be looked at, or cannot be stored.

    Gives the document back.

    Raises:
        ProgramInvalid: `not_an_object`, `too_deep`, `not_json`, `zero_character` or
            `document_too_large`.
    """
    if not isinstance(document, Mapping):
        raise invalid([Problem("not_an_object", "")])
    if problem := _unfit(document):
        raise invalid([problem])
    try:
        size = len(canonical_json(document))
    except (TypeError, ValueError) as error:
        raise invalid([Problem("not_json", "")]) from error
    if size > MAX_DOCUMENT_BYTES:
        raise invalid([too_large(size)])
    return document


def too_large(size: int) -> Problem:
    """The problem of a document of so many bytes."""
    detail = {"size": size, "limit": MAX_DOCUMENT_BYTES, "by": size - MAX_DOCUMENT_BYTES}
    return Problem("document_too_large", "", detail=detail)


def _unfit(document: object) -> Problem | None:
    level: list[object] = [document]
    for _ in range(MAX_NESTING):
        if any(isinstance(item, str) and "\x00" in item for item in level):
            return Problem("zero_character", "")
        level = [child for item in level for child in _children(item)]
        if not level:
            return None
    return Problem("too_deep", "", detail={"limit": MAX_NESTING})


def _children(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        return list(value)
    return []


def problems_of(
    error: ValidationError, document: object, model: type[BaseModel] | None = Program
) -> list[Problem]:
    """The problems behind a failed validation, in the order of the document.

    Args:
        model: what the document was read as; None = its fields are not known.
    """
    details = error.errors(include_url=False)
    return [
        # Which field was meant is looked for only of those that are told.
        Problem(
            _code(item),
            _path(item, document),
            detail=_detail(item, model if at < MAX_PROBLEMS else None),
        )
        for at, item in enumerate(details)
        if not _follows_from_another(item, details)
    ]


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "union_tag_invalid": "unknown_type",
    "union_tag_not_found": "type_missing",
    "too_long": "too_many",
    "too_short": "too_few",
    "string_too_long": "text_too_long",
    "string_too_short": "text_too_short",
    "string_pattern_mismatch": "bad_format",
    "string_type": "not_a_text",
    "string_unicode": "not_a_text",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "decimal_max_places": "too_many_places",
    "decimal_parsing": "not_a_decimal",
    "decimal_type": "not_a_decimal",
    "finite_number": "not_a_decimal",
    "int_type": "not_a_whole_number",
    "int_from_float": "not_a_whole_number",
    "int_parsing": "not_a_whole_number",
    "bool_type": "not_a_boolean",
    "literal_error": "not_allowed",
    "date_type": "not_a_date",
    "date_parsing": "not_a_date",
    "date_from_datetime_parsing": "not_a_date",
    "date_from_datetime_inexact": "not_a_date",
    "tuple_type": "not_a_list",
    "dict_type": "not_an_object",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "recursion_loop": "too_deep",
}


#: Codes that the models of the document raise themselves.
OWN_CODES = frozenset(
    (
        "decimal_as_float",
        "not_a_decimal",
        "limit_missing",
        "limits_crossed",
        "hours_equal",
        "currency_twice",
        "scope_order_needed",
        "scope_line_needed",
        "conditions_too_deep",
        "too_many_conditions",
        "line_condition_on_order",
        "any_line_nested",
        "rule_id_twice",
        "minimum_order_twice",
        "shipping_id_twice",
        "shipping_names",
        "tier_id_twice",
        "tier_window_months",
        "channel_twice",
        "expression_syntax",
        "expression_unknown_name",
        "expression_too_complex",
        "expression_fails",
        "expiry_country_twice",
        "status_one_way",
        "cap_missing",
        "cap_of_multiplier",
        "cap_of_perk",
        "cap_for_orders",
        "effect_for_orders",
        "effect_for_deeds",
        "condition_for_orders",
        "on_for_deeds",
        "on_for_others",
        "on_not_a_year",
        "milestone_line",
        "plugin_effect_on_milestone",
        "plugin_settings_large",
        "goodwill_channel_twice",
        "options_needed",
        "options_unfit",
        "option_id_twice",
        "question_id_twice",
        "event_type_twice",
        "property_twice",
        "property_of_two",
        "property_length",
        "property_value_kind",
        "property_one_way",
        "property_unasked",
        "condition_for_events",
        "reward_id_twice",
        "reward_channel_twice",
        "reward_amount_missing",
        "reward_amount_unfit",
        "reward_audience_empty",
        "segment_currency",
        "segment_id_twice",
    )
)


def _code(item: ErrorDetails) -> str:
    kind = item["type"]
    return _CODES.get(kind) or (kind if kind in OWN_CODES else "invalid")


def _detail(item: ErrorDetails, model: type[BaseModel] | None) -> dict[str, Any]:
    return detail_of(item, model, own=item["type"] in OWN_CODES, code=_code(item))


def _follows_from_another(item: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Pydantic also calls a list too short when its items fail; that says nothing new."""
    if item["type"] != "too_short":
        return False
    here = item["loc"]
    return any(
        len(other["loc"]) > len(here) and other["loc"][: len(here)] == here for other in details
    )


def _path(item: ErrorDetails, document: object) -> str:
    """The place in the document, such as "earning.rules[0].when.of[1].slugs"."""
    path = ""
    for part in _steps(item, document):
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path


def _steps(item: ErrorDetails, document: object) -> Iterator[str | int]:
    """Leaves out of Pydantic's location the names of union members and key markers."""
    node: object = document
    named: object = None
    location = item["loc"]
    for position, part in enumerate(location):
        last = position == len(location) - 1
        if isinstance(node, Mapping) and isinstance(part, str):
            # Once for each node: a field may be called as the kind that it belongs to.
            is_kind = node.get("type") == part and node is not named
            if part in node and not is_kind:
                node = node[part]
            elif is_kind or part == "[key]" or not last:
                named = node if is_kind else named
                continue
            yield part[:60]
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node):
            node = node[part]
            yield part
        elif last and isinstance(part, str) and item["type"] == "missing":
            yield part


def _listed(error: ProgramInvalid) -> list[dict[str, Any]]:
    listed = error.detail["problems"]
    return listed if isinstance(listed, list) else []


def problem_of_json(value: dict[str, Any]) -> Problem:
    """The problem that `Problem.as_json` wrote."""
    return Problem(value["code"], value["path"], value["severity"], value["detail"])
