"""What a member told about themselves, what is asked of them, and what it would bring."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import answers, birthdays, given
from saleor_loyalty_app.bonuses.answers import Answer
from saleor_loyalty_app.bonuses.birthdays import KnownBirthday
from saleor_loyalty_app.bonuses.celebrating import Birthday, next_celebration
from saleor_loyalty_app.flows.answer_question import deed_of
from saleor_loyalty_app.flows.celebrate import deed_on
from saleor_loyalty_app.flows.known_member import everybody, member_facts
from saleor_loyalty_app.flows.known_past import addresses_of
from saleor_loyalty_app.flows.reward_outlook import NotNow, not_now
from saleor_loyalty_app.members.eligibility import why_not_earning
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs.bonuses import DEFAULTS, Bonuses, Question
from saleor_loyalty_app.programs.decide_deed import awaits, caps_of, decide_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import IssueReward
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.stores.locale import usable_timezone
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class BirthdayBoard:
    """A member's birthday.

    Attributes:
        asked: whether the program asks for it.
        next_on: when it is celebrated next; None where no day is known.
        changeable_from: from when another day is taken; None = now.
        brings: points on the day, by the program as it is now.
        rewards: what comes with them, by ids of the catalog.
        known_days: a day counts if it was told so many days before.
        not_now: which of the rewards would not be given as things are.
    """

    asked: bool
    born: Birthday | None
    next_on: date | None
    changeable_from: datetime | None
    brings: int
    known_days: int
    program: Program | None = None
    rewards: tuple[str, ...] = ()
    not_now: tuple[NotNow, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionBoard:
    """A question with the member's answer, and the points and rewards that answering brings now.

    `question` is None where an answer is left of a question that the program has no more;
    `not_now` has which of the rewards would not be given as things are.
    """

    id: str
    question: Question | None
    answer: Answer | None
    brings: int
    program: Program | None = None
    rewards: tuple[str, ...] = ()
    not_now: tuple[NotNow, ...] = ()

    @property
    def asked(self) -> bool:
        """Whether it can be answered."""
        return self.question is not None and self.question.enabled


@dataclass(frozen=True, slots=True)
class _Brings:
    """What a deed would bring now: points, and rewards by their ids."""

    points: int = 0
    rewards: tuple[str, ...] = ()
    not_now: tuple[NotNow, ...] = ()


_NOTHING = _Brings()


def birthday_board(
    conn: Connection, store: StoreRef, member: MemberRef, *, keys: EmailKeys, now: datetime
) -> BirthdayBoard:
    """A member's birthday as it stands at `now`."""
    revision = revision_at(conn, store.id, now)
    section = _section(revision)
    zone = ZoneInfo(usable_timezone(store.timezone))
    today = now.astimezone(zone).date()
    known = birthdays.birthday_of(conn, store.id, member.id)
    born = None if known is None else known.born
    leap_day = section.birthdays.leap_day
    next_on = None if born is None else next_celebration(born, today, leap_day)
    brings = _NOTHING
    if section.birthdays.asked and revision is not None:
        deed = deed_on("birthday", next_on or today, 0, zone)
        brings = _brings(conn, store, member, revision, deed, keys, now)
    return BirthdayBoard(
        asked=section.birthdays.asked,
        born=born,
        next_on=next_on,
        changeable_from=_locked_until(known, now),
        brings=brings.points,
        known_days=section.birthdays.known_days,
        program=None if revision is None else revision.program,
        rewards=brings.rewards,
        not_now=brings.not_now,
    )


def question_board(
    conn: Connection, store: StoreRef, member: MemberRef, *, keys: EmailKeys, now: datetime
) -> list[QuestionBoard]:
    """What is asked, in the program's order, then answers to what is not asked any more."""
    revision = revision_at(conn, store.id, now)
    said = answers.answers_of(conn, store.id, member.id)
    shown: list[QuestionBoard] = []
    for question in _section(revision).questions:
        answer = said.pop(question.id, None)
        if not question.enabled and answer is None:
            continue
        brings, program = _NOTHING, None
        if question.enabled and revision is not None:
            program = revision.program
            brings = _brings(conn, store, member, revision, deed_of(question, now), keys, now)
        shown.append(
            QuestionBoard(
                question.id,
                question,
                answer,
                brings.points,
                program,
                brings.rewards,
                brings.not_now,
            )
        )
    shown += [QuestionBoard(answer.question_id, None, answer, 0) for answer in said.values()]
    return sorted(shown, key=lambda one: not one.asked)


def _section(revision: Revision | None) -> Bonuses:
    section = None if revision is None else revision.program.bonuses
    return section or DEFAULTS


def _locked_until(known: KnownBirthday | None, now: datetime) -> datetime | None:
    until = None if known is None else known.changeable_from()
    return until if until is not None and until > now else None


def _brings(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    revision: Revision,
    deed: DeedFacts,
    keys: EmailKeys,
    now: datetime,
) -> _Brings:
    if not store.earning_on or member.state != "active":
        return _NOTHING
    if given.was_given(
        conn,
        store.id,
        everybody(conn, store, member.id),
        addresses_of(conn, store, member, keys),
        deed.key,
        now=now,
    ):
        return _NOTHING
    program = revision.program
    automatic = program.settings.enrollment == "automatic"
    if not awaits(program, deed.trigger) or why_not_earning(member, automatic=automatic, at=now):
        return _NOTHING
    caps = caps_of(program, deed.trigger)
    facts = member_facts(conn, store, member, program, caps, at=now, keys=keys)
    grants = decide_deed(program, deed, facts, store.timezone).grants
    rewards = tuple(one.perk.reward for one in grants if isinstance(one.perk, IssueReward))
    points = sum(grant.points for grant in grants if grant.unit == "points")
    missing = not_now(conn, store, member, program, rewards, at=max(now, deed.at), keys=keys)
    return _Brings(points, rewards, missing)
