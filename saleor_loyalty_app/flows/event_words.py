"""What became of an event, in sentences. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from saleor_loyalty_app.i18n import capitalized, catalogue, translate
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.explain import explain_miss

#: What is said of members only to those who may read them.
_OF_MEMBERS = frozenset({"erased", "hold_out", "blocked", "left", "paused", "not_enrolled"})
#: Conditions on who a member is; how they were missed tells it.
_ON_MEMBERS = frozenset({"tier", "segment", "tag", "language", "country"})
#: What is excluded is told by the name of the condition alone: these may hold one on members.
_NESTED = frozenset({"all", "any", "not", "expression"})


def code_of(why: Mapping[str, Any], *, about_members: bool) -> str:
    """The stable code of why nothing was given, or why it was refused."""
    if "reason" in why:
        hidden = not about_members and _tells_of_member(why["reason"])
        return "member_not_fit" if hidden else str(why["reason"].get("code"))
    code = str(why.get("code"))
    return "member_not_earning" if code in _OF_MEMBERS and not about_members else code


def why_words(
    listed: Sequence[Mapping[str, Any]],
    language: str,
    program: Program | None,
    *,
    about_members: bool,
) -> list[str]:
    """Why nothing was given, or what was wrong, a sentence each."""
    return [
        _said(one, language, program, code_of(one, about_members=about_members)) for one in listed
    ]


def _tells_of_member(reason: Mapping[str, Any]) -> bool:
    code = str(reason.get("code"))
    if code == "excluded":
        code = str(reason.get("condition"))
        if code in _NESTED:
            return True
    return code in _ON_MEMBERS or code.startswith("member_")


def _said(why: Mapping[str, Any], language: str, program: Program | None, code: str) -> str:
    if "reason" in why and program is not None and code != "member_not_fit":
        return explain_miss(str(why["rule"]), why["reason"], language=language, program=program)
    key = f"event_why.{code}"
    if key not in catalogue(language):
        key = "event_why.other"
    arguments = {name: value for name, value in why.items() if not isinstance(value, dict | list)}
    return capitalized(translate(key, language, **arguments), language)
