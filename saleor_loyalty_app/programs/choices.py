"""What may be written in the place of a name that nothing has: told with the problem. Pure."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from saleor_loyalty_app.i18n import translate

#: So many names are told; of more it is said how many there are.
MOST_TOLD = 8


def choice_of(wanted: str, names: Iterable[str]) -> dict[str, Any]:
    """For the detail of a problem: what was probably meant ("" = unknown), and some of the others.

    `more` is how many others there are beside.
    """
    known = list(dict.fromkeys(names))
    near = near_name(wanted, known)
    others = [name for name in known if name != near]
    return {"near": near, "choices": others[:MOST_TOLD], "more": max(0, len(others) - MOST_TOLD)}


def near_name(wanted: str, names: Iterable[str]) -> str:
    """The name that differs from `wanted` by a slip of the keyboard or its letters' case; or ""."""
    by_folded = {name.casefold(): name for name in names}
    found = get_close_matches(wanted.casefold(), by_folded, n=1)
    return by_folded[found[0]] if found else ""


def choice_words(detail: Mapping[str, Any], language: str) -> str:
    """What to write instead, as a sentence, by what `choice_of` put into the detail."""
    near, choices = str(detail["near"]), detail["choices"]
    if near and choices:
        key = "problem_choice.near"
    elif near:
        key = "problem_choice.only"
    else:
        key = "problem_choice.others" if choices else "problem_choice.none"
    told = ", ".join(choices)
    if more := detail["more"]:
        told = translate("words.and_more", language, items=told, more=more)
    return translate(key, language, near=near, choices=told)
