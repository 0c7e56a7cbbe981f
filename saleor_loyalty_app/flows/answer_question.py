"""A member answers a question of the program, or takes the answer back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import answers
from saleor_loyalty_app.bonuses.answers import Answer
from saleor_loyalty_app.bonuses.errors import QuestionUnknown
from saleor_loyalty_app.flows.give_bonus import give_bonus, section_at
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.programs.bonuses import Question
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.stores.refs import StoreRef

TRIGGER = "question_answered"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was kept, and the points that it brought just now."""

    answer: Answer
    points: int


def answer_question(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    question_id: str,
    said: str,
    *,
    keys: EmailKeys,
    now: datetime,
) -> Answered:
    """Keeps the answer of an active member; points come with the first one ever.

    Raises:
        QuestionUnknown: the program in force does not ask that.
        AnswerUnfit: the answer is not of the question's kind.
    """
    question = section_at(conn, store, now).question(question_id)
    if question is None or not question.enabled:
        raise QuestionUnknown(question=question_id)
    value = answers.fit(question, said)
    answers.keep_answer(conn, store.id, member_id, question, value, now)
    points = give_bonus(conn, store, member_id, deed_of(question, now), keys=keys, now=now)
    return Answered(Answer(question.id, question.kind, value, now), points)


def deed_of(question: Question, at: datetime) -> DeedFacts:
    """The deed of answering a question. Pure."""
    return DeedFacts(trigger=TRIGGER, on=question.id, at=at, key=f"answer:{question.id}")
