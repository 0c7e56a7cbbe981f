"""Bonuses: how much was given lately, and what one member told and got."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_reading import require_member
from saleor_loyalty_app.api.dashboard.members_schemas import MemberId, number_of
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, Staff, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.storefront.bonuses_page import answer_words
from saleor_loyalty_app.bonuses import answers, birthdays, given
from saleor_loyalty_app.flows.deed_words import perk_sentences
from saleor_loyalty_app.flows.give_bonus import section_at
from saleor_loyalty_app.members.repository import merged_members
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.programs.tier_deeds import TIER_REACHED, tier_of

router = staff_router()
DAYS = 30
BonusKind = Literal[
    "account_confirmed",
    "question_answered",
    "birthday",
    "anniversary",
    "milestone",
    "tier_reached",
]
_KINDS: tuple[BonusKind, ...] = (
    "account_confirmed",
    "question_answered",
    "birthday",
    "anniversary",
    "milestone",
)
_OVERVIEW: dict[str, Any] = {
    "days": 30,
    "given": [{"kind": "birthday", "times": 12, "points": 1200}],
    "birthdays": 340,
    "answers": [{"question": "size", "count": 87, "options": [{"option": "medium", "count": 87}]}],
    "greetings": [{"kind": "birthday", "on": False}],
}
_MEMBER: dict[str, Any] = {
    "birthday": {"month": 2, "day": 29, "told_at": "2027-01-04T09:30:00Z", "changed_at": None},
    "answers": [
        {
            "question": "size",
            "text": "Which size do you wear?",
            "answer": "Medium",
            "answered_at": "2027-01-04T09:30:00Z",
        }
    ],
    "given": [
        {
            "kind": "birthday",
            "about": "2027",
            "points": 100,
            "given_at": "2027-02-28T00:10:00Z",
            "perks": [],
        }
    ],
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GivenLately(_Part):
    """How often a kind of bonus was given, and how many points."""

    kind: BonusKind
    times: int
    points: int


class OptionCount(_Part):
    """How many members chose an option, also one that is not offered any more."""

    option: str
    count: int


class AnswerCount(_Part):
    """How many members answered a question, also one that is not asked any more."""

    question: str
    count: int
    options: list[OptionCount] = Field(description="What was chosen; empty without options.")


class Greeting(_Part):
    """Whether members who agreed to offers are greeted."""

    kind: Literal["birthday", "anniversary"]
    on: bool


class BonusOverview(_Part):
    """What the bonuses of a store did lately."""

    days: int = Field(description="So many days are counted.")
    given: list[GivenLately]
    birthdays: int = Field(description="Members whose birthday is known.")
    answers: list[AnswerCount]
    greetings: list[Greeting]

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_OVERVIEW]})


class ToldBirthday(_Part):
    """Day and month that a member told."""

    month: int
    day: int
    told_at: datetime
    changed_at: datetime | None


class ToldAnswer(_Part):
    """A question and a member's answer, as people read them."""

    question: str
    text: str
    answer: str
    answered_at: datetime


class GivenBonus(_Part):
    """A bonus that a member was given."""

    kind: BonusKind
    about: str = Field(
        description="The question's or tier's id, the year, or how many years; may be empty."
    )
    points: int
    given_at: datetime
    perks: list[str] = Field(
        description="What came beside points, and what became of that, as sentences."
    )


class MemberBonuses(_Part):
    """What a member told about themselves, and the bonuses that they were given."""

    birthday: ToldBirthday | None
    answers: list[ToldAnswer]
    given: list[GivenBonus]

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_MEMBER]})


@router.get("/bonuses", responses=documented(*OF_STAFF))
async def read_bonuses(faces: FacesOf, staff: StaffOf) -> BonusOverview:
    """What was given in the last 30 days, and how many members told what."""
    now = faces.clock()
    return await faces.database.read_async(lambda conn: _overview(conn, staff, now))


@router.get(
    "/members/{member}/bonuses",
    responses=documented(*OF_STAFF, *OF_SERVING, (404, "member_not_found", {})),
)
async def read_member_bonuses(
    faces: FacesOf, staff: StaffOf, member: MemberId, language: Language
) -> MemberBonuses:
    """A member's birthday, answers and bonuses."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number = number_of(member)
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: _of_member(conn, staff, number, now, language)
    )


def _overview(conn: Connection, staff: Staff, now: datetime) -> BonusOverview:
    store = still_active(conn, staff.store)
    totals = given.totals(conn, store.id, now - timedelta(days=DAYS))
    off = setup_of(conn, store.id).setup.switched_off
    chosen = answers.chosen(conn, store.id)
    return BonusOverview(
        days=DAYS,
        given=[
            GivenLately(kind=kind, times=total.times, points=total.points)
            for kind in _KINDS
            for total in [totals.get(kind, given.Total())]
        ],
        birthdays=birthdays.known(conn, store.id),
        answers=[
            AnswerCount(
                question=question,
                count=count,
                options=[
                    OptionCount(option=option, count=times)
                    for option, times in sorted(chosen.get(question, {}).items())
                ],
            )
            for question, count in sorted(answers.answered(conn, store.id).items())
        ],
        greetings=[
            Greeting(kind="birthday", on=Kind.birthday not in off),
            Greeting(kind="anniversary", on=Kind.anniversary not in off),
        ],
    )


def _of_member(
    conn: Connection, staff: Staff, member_id: int, now: datetime, language: str
) -> MemberBonuses:
    store, member = require_member(conn, staff, member_id)
    section = section_at(conn, store, now)
    told = birthdays.birthday_of(conn, store.id, member.id)
    everybody = [member.id, *merged_members(conn, store.id, member.id)]
    found = given.given_to(conn, store.id, everybody)
    keys = [one.deed for one in found]
    perks = perk_sentences(conn, store, everybody, keys, language=language)
    said = []
    for answer in answers.answers_of(conn, store.id, member.id).values():
        question = section.question(answer.question_id)
        said.append(
            ToldAnswer(
                question=answer.question_id,
                text=answer.question_id if question is None else question.asked(language),
                answer=answer_words(question, answer, language),
                answered_at=answer.answered_at,
            )
        )
    return MemberBonuses(
        birthday=None
        if told is None or told.born is None
        else ToldBirthday(
            month=told.born.month,
            day=told.born.day,
            told_at=told.told_at,
            changed_at=told.changed_at,
        ),
        answers=said,
        given=[
            GivenBonus.model_validate(
                {
                    "kind": one.kind,
                    "about": _about(one.kind, one.deed),
                    "points": one.points,
                    "given_at": one.given_at,
                    "perks": perks.get(one.deed, []),
                }
            )
            for one in found
        ],
    )


def _about(kind: str, deed: str) -> str:
    """What a bonus was given for: a question, a year, a line or a level."""
    return tier_of(deed) if kind == TIER_REACHED else deed.partition(":")[2]
