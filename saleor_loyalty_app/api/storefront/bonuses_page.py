"""A shopper's birthday and answers as they are told, and changed."""

from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.errors import detail_of
from saleor_loyalty_app.api.storefront.bonuses_schemas import (
    BirthdayPage,
    DayOfYear,
    GivenAnswer,
    QuestionLine,
    QuestionOption,
    Questions,
    RewardNotNow,
)
from saleor_loyalty_app.bonuses import answers, birthdays
from saleor_loyalty_app.bonuses.answers import Answer
from saleor_loyalty_app.bonuses.celebrating import Birthday
from saleor_loyalty_app.bonuses.errors import BirthdayNotAsked
from saleor_loyalty_app.flows.answer_question import answer_question
from saleor_loyalty_app.flows.bonus_board import (
    BirthdayBoard,
    QuestionBoard,
    birthday_board,
    question_board,
)
from saleor_loyalty_app.flows.give_bonus import section_at
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import WrongMemberState
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import lock_members
from saleor_loyalty_app.programs.bonuses import Question
from saleor_loyalty_app.programs.scalars import in_locale
from saleor_loyalty_app.stores.refs import StoreRef

_TELLING = ("active", "paused")


def birthday_page(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    keys: EmailKeys,
    now: datetime,
    language: str,
) -> BirthdayPage:
    """A shopper's birthday."""
    board = birthday_board(conn, store, member, keys=keys, now=now)
    born = board.born
    return BirthdayPage(
        asked=board.asked,
        birthday=None if born is None else DayOfYear(month=born.month, day=born.day),
        next_on=board.next_on,
        changeable_from=board.changeable_from,
        brings=board.brings,
        rewards=_named(board, language),
        not_now=_not_now(board, language),
        known_days=board.known_days,
    )


def keep_birthday(
    conn: Connection, store: StoreRef, member: MemberRef, born: Birthday, now: datetime
) -> None:
    """Keeps the birthday that a member told.

    Raises:
        WrongMemberState: they take no part.
        BirthdayNotAsked: the program does not want to know.
        BirthdayImpossible, BirthdayChangedLately: the day cannot be taken.
    """
    _require_part(member)
    if not section_at(conn, store, now).birthdays.asked:
        raise BirthdayNotAsked
    lock_members(conn, store.id, [member.id])
    birthdays.tell_birthday(conn, store.id, member.id, born, now=now)


def questions_page(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    keys: EmailKeys,
    now: datetime,
    language: str,
    *,
    given: int = 0,
) -> Questions:
    """The questions of the program with a shopper's answers; `given`: points of this change."""
    board = question_board(conn, store, member, keys=keys, now=now)
    return Questions(questions=[_line(one, language) for one in board], given=given)


def keep_answer(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    question_id: str,
    said: str,
    keys: EmailKeys,
    now: datetime,
) -> int:
    """Keeps an answer; gives the points that it brought.

    Raises:
        WrongMemberState: they take no part.
        QuestionUnknown, AnswerUnfit: it is not asked, or answered otherwise.
    """
    _require_part(member)
    lock_members(conn, store.id, [member.id])
    return answer_question(conn, store, member.id, question_id, said, keys=keys, now=now).points


def delete_answer(conn: Connection, store: StoreRef, member: MemberRef, question_id: str) -> None:
    """Deletes an answer; the points stay."""
    answers.delete_answer(conn, store.id, member.id, question_id)


def answer_words(question: Question | None, answer: Answer, language: str) -> str:
    """An answer as people read it."""
    if answer.kind == "choice" and question is not None:
        return question.option_label(answer.value, language)
    if answer.kind == "number":
        return format_decimal(answer.value, locale=language, decimal_quantization=False)
    if answer.kind == "date":
        return format_date(date.fromisoformat(answer.value), "long", locale=language)
    return answer.value


def _require_part(member: MemberRef) -> None:
    if member.state not in _TELLING:
        raise WrongMemberState(state=member.state)


def _named(board: BirthdayBoard | QuestionBoard, language: str) -> list[str]:
    program = board.program
    return [] if program is None else [program.reward_name(one, language) for one in board.rewards]


def _not_now(board: BirthdayBoard | QuestionBoard, language: str) -> list[RewardNotNow]:
    program = board.program
    if program is None:
        return []
    return [
        RewardNotNow(
            reward=program.reward_name(one.reward, language), reason=detail_of(one.why, language)
        )
        for one in board.not_now
    ]


def _line(board: QuestionBoard, language: str) -> QuestionLine:
    question, answer = board.question, board.answer
    said = None
    if answer is not None:
        said = GivenAnswer(
            value=answer.value,
            label=answer_words(question, answer, language),
            answered_at=answer.answered_at,
        )
    if question is None:
        kind = "text" if answer is None else answer.kind
        return QuestionLine.model_validate(
            {
                "id": board.id,
                "text": board.id,
                "kind": kind,
                "options": [],
                "shown": ["panel", "page"],
                "asked": False,
                "brings": 0,
                "rewards": [],
                "not_now": [],
                "answer": said,
            }
        )
    return QuestionLine(
        id=question.id,
        text=question.asked(language),
        kind=question.kind,
        options=[
            QuestionOption(id=one.id, label=in_locale(one.label, language) or one.id)
            for one in question.options
        ],
        shown=list(question.shown),
        asked=board.asked,
        brings=board.brings,
        rewards=_named(board, language),
        not_now=_not_now(board, language),
        answer=said,
    )
