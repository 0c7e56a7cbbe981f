"""What a rule could not give beside points is told to the owner, once a rule."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import PlannedEffect
from saleor_loyalty_app.programs.perks_words import perk_name
from saleor_loyalty_app.stores.problems import report_words
from saleor_loyalty_app.stores.refs import StoreRef

#: What the detail of a reward's row calls its redemption.
NAMED = "redemption"


def tell_not_given(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    rule_id: str,
    effect: PlannedEffect,
    number: str,
    why: Words,
    now: datetime,
    *,
    waits: bool = False,
) -> None:
    """Tells the owner of the last order or deed that a rule could give nothing for.

    Args:
        number: of the order; "" = it was a deed.
        waits: it is given as soon as it can be.
    """
    language = store.language
    what = perk_name(effect, language, program)
    rule = rule_id if program is None else program.rule_name(rule_id, language)
    told: dict[str, Any] = {"rule": rule, "perk": what, "why": why}
    words = Words("problem.perk_waits_deed" if waits else "problem.perk_not_given_deed", told)
    if number:
        words = Words("problem.perk_not_given", {**told, "order": number})
    report_words(conn, store, problem_of(rule_id), words, now)


def problem_of(rule_id: str) -> str:
    """What the problem of a rule is kept by."""
    return f"perk-not-given:{rule_id}"


def plain(detail: Mapping[str, Any]) -> dict[str, str | int]:
    """What a reason's text needs, as numbers and texts."""
    return {name: _said(one) for name, one in detail.items()}


def _said(value: Any) -> str | int:
    if isinstance(value, str | int):
        return value
    return ", ".join(map(str, value)) if isinstance(value, Sequence) else str(value)
