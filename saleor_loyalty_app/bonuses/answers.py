"""What members answered: visible to them, deletable, theirs alone. Nothing here commits."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.bonuses.errors import AnswerUnfit
from saleor_loyalty_app.bonuses.models import MemberAnswer
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.bonuses import Question
from saleor_loyalty_app.programs.scalars import plain

LONGEST_TEXT = 500
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNFIT_IN_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_YEARS = range(1900, 2101)
_answers = table(MemberAnswer)
_row = _answers.c


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is kept: an option's id, a number, a date, or words."""

    question_id: str
    kind: str
    value: str
    answered_at: datetime


def fit(question: Question, said: str) -> str:
    """An answer as it is kept. Pure.

    Raises:
        AnswerUnfit: it is not of the question's kind.
    """
    value = said.strip()
    if question.kind == "choice":
        found = value if any(option.id == value for option in question.options) else None
    elif question.kind == "number":
        found = plain(Decimal(value)) if _NUMBER.fullmatch(value) else None
    elif question.kind == "date":
        found = _date(value)
    else:
        fits = 0 < len(value) <= LONGEST_TEXT and not _UNFIT_IN_TEXT.search(value)
        found = value if fits else None
    if found is None:
        raise AnswerUnfit(question=question.id, kind=question.kind)
    return "0" if found == "-0" else found


def _date(value: str) -> str | None:
    try:
        found = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None
    return None if found is None or found.year not in _YEARS else found.isoformat()


def answers_of(conn: Connection, store_id: int, member_id: int) -> dict[str, Answer]:
    """A member's answers by the question's id."""
    query = sa.select(_row.question_id, _row.kind, _row.value, _row.answered_at).where(
        _row.store_id == store_id, _row.member_id == member_id
    )
    return {row.question_id: Answer(*row) for row in conn.execute(query.order_by(_row.id))}


def keep_answer(
    conn: Connection, store_id: int, member_id: int, question: Question, value: str, now: datetime
) -> None:
    """Keeps an answer that fits; one given before is replaced."""
    said = {"kind": question.kind, "value": value, "answered_at": now}
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement = make(_answers).values(
        store_id=store_id, member_id=member_id, question_id=question.id, **said
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["store_id", "member_id", "question_id"], set_=said
        )
    )


def delete_answer(conn: Connection, store_id: int, member_id: int, question_id: str) -> None:
    """Deletes an answer, also to a question that is not asked any more; twice is fine."""
    conn.execute(
        sa.delete(_answers).where(
            _row.store_id == store_id,
            _row.member_id == member_id,
            _row.question_id == question_id,
        )
    )


def forget_answers(conn: Connection, store_id: int, member_ids: Sequence[int]) -> None:
    """Deletes all answers of members."""
    conn.execute(
        sa.delete(_answers).where(_row.store_id == store_id, _row.member_id.in_(member_ids))
    )


def hand_over(conn: Connection, store_id: int, *, giver: int, taker: int) -> None:
    """The answers of one member are another's from now on, whose own answers stay."""
    theirs = list(answers_of(conn, store_id, taker))
    for question_id in theirs:
        delete_answer(conn, store_id, giver, question_id)
    conn.execute(
        sa.update(_answers)
        .where(_row.store_id == store_id, _row.member_id == giver)
        .values(member_id=taker)
    )


def answered(conn: Connection, store_id: int) -> dict[str, int]:
    """How many members' answers there are, by the question's id."""
    query = (
        sa.select(_row.question_id, sa.func.count())
        .where(_row.store_id == store_id)
        .group_by(_row.question_id)
    )
    return {question_id: int(number) for question_id, number in conn.execute(query)}


def answered_since(conn: Connection, store_id: int, since: datetime) -> dict[str, int]:
    """How many of members' answers are from then on, by the question's id."""
    query = (
        sa.select(_row.question_id, sa.func.count())
        .where(_row.store_id == store_id, _row.answered_at >= since)
        .group_by(_row.question_id)
    )
    return {question_id: int(number) for question_id, number in conn.execute(query)}


def chosen(conn: Connection, store_id: int) -> dict[str, dict[str, int]]:
    """How many chose each option, by the ids of question and option: also one that is gone."""
    query = (
        sa.select(_row.question_id, _row.value, sa.func.count())
        .where(_row.store_id == store_id, _row.kind == "choice")
        .group_by(_row.question_id, _row.value)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for question_id, option_id, number in conn.execute(query):
        found[question_id][option_id] = int(number)
    return dict(found)
