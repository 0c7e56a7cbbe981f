"""How often members did what a draft pays for, counted in the books of the last 90 days."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.bonuses import answers, birthdays
from saleor_loyalty_app.bonuses.celebrating import Birthday
from saleor_loyalty_app.cli.costs import lines_beside_orders
from saleor_loyalty_app.custom_events import repository as events
from saleor_loyalty_app.custom_events.incoming import Incoming
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.cost_of_deeds import DeedCosts, cost_of_deeds
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.members.service import member_for_user
from saleor_loyalty_app.programs.deed_costs import Uncounted
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import repository as tiers
from tests.factories import make_member, make_partner_key
from tests.order_books import KEYS, NOW, live_store
from tests.program_samples import PURCHASES, document_of, program_of

Made = TypeVar("Made")
#: NOW is the 22nd of November 2026; the days that are counted begin with the 25th of August.
LATELY, BEFORE = NOW - timedelta(days=10), NOW - timedelta(days=91)
SIZE = {"id": "size", "text": {"en": "Size?"}, "kind": "number"}
COLOR = {"id": "color", "text": {"en": "Color?"}, "kind": "text"}
ASKED = {"birthdays": {"asked": True}, "questions": [SIZE, COLOR]}
EVENTS = {"types": [{"id": name, "name": {"en": name}} for name in ("visit", "review")]}
SILVER = {"id": "silver", "names": {"en": "Silver"}, "entry_points": 50}
GOLD = {"id": "gold", "names": {"en": "Gold"}, "entry_points": 70}
TIERS = {"enabled": True, "levels": [SILVER, GOLD]}
SECTIONS: dict[str, Any] = {"bonuses": ASKED, "events": EVENTS, "tiers": TIERS}


def gives(trigger: str, points: int, rule_id: str = "", **more: Any) -> dict[str, Any]:
    then = {"type": "points", "points": points}
    return {"id": rule_id or trigger.replace("_", "-"), "trigger": trigger, "then": then} | more


IN_FORCE = (PURCHASES, gives("birthday", 10), gives("question_answered", 1))
DRAFT = program_of(
    PURCHASES,
    gives("account_confirmed", 5),
    gives("birthday", 100),
    gives("question_answered", 20, on=["size"]),
    gives("custom_event", 30, on=["visit"]),
    gives("anniversary", 7),
    **SECTIONS,
)

QUESTIONS = {one.id: one for one in DRAFT.bonuses.questions} if DRAFT.bonuses else {}


class Books:
    """A store with members who do things, and what they cost."""

    def __init__(self, database: Database, **values: Any) -> None:
        self.database = database
        self.joined = 0
        self.live = program_of(*IN_FORCE, **SECTIONS)
        document = document_of(*IN_FORCE, **SECTIONS)
        self.store: StoreRef = database.write(lambda conn: live_store(conn, document, **values))
        self.key = self.write(lambda conn, store: make_partner_key(conn, store, "visit", "review"))

    def write(self, work: Callable[[sa.Connection, int], Made]) -> Made:
        return self.database.write(lambda conn: work(conn, self.store.id))

    def member(self, **values: Any) -> int:
        return self.write(lambda conn, store: make_member(conn, store, **values))

    def join(self, at: datetime = LATELY, *, confirmed: bool = True) -> int:
        self.joined += 1
        person = Person(
            user_id=f"VXNlcjo{self.joined}",
            email=f"{self.joined}@example.com",
            confirmed=confirmed,
            first_name="",
            last_name="",
            language="en",
        )
        return self.write(
            lambda conn, store: (
                member_for_user(conn, store, person, Enrollment(), keys=KEYS, now=at).member.id
            )
        )

    def born(self, month: int, day: int) -> int:
        member = self.member()
        born = Birthday(month, day)
        self.write(lambda conn, s: birthdays.tell_birthday(conn, s, member, born, now=BEFORE))
        return member

    def answer(self, question: str, value: str, at: datetime = LATELY) -> int:
        member = self.member()
        asked = QUESTIONS[question]
        self.write(lambda conn, s: answers.keep_answer(conn, s, member, asked, value, at))
        return member

    def report(self, kind: str, number: int, outcome: str, at: datetime = LATELY) -> None:
        event = Incoming(kind, f"{kind}-{number}", "user_id", "VXNlcjox", None, {})

        def write(conn: sa.Connection, store: int) -> None:
            row, _ = events.claim(conn, store, event, key_id=self.key, at=at, now=at)
            events.settle(conn, row.id, outcome=outcome)

        self.write(write)

    def reach(self, level: str, at: datetime = LATELY) -> None:
        member = self.member()
        reached = [(member, level)]
        self.write(lambda conn, s: tiers.note_reached(conn, s, reached, silent=frozenset(), now=at))

    def costs(self, draft: Program = DRAFT, now: datetime = NOW) -> DeedCosts:
        return self.database.read(
            lambda conn: cost_of_deeds(conn, self.store, self.live, draft, now=now)
        )

    def counted(self, trigger: str, draft: Program = DRAFT) -> dict[str, tuple[int, int, int]]:
        """By what it is about: how often, what the draft gives for it, and what is in force."""
        return {
            one.on: (one.times, one.points, one.points_before)
            for one in self.costs(draft).items
            if one.trigger == trigger
        }


@pytest.fixture
def books(database: Database) -> Books:
    """An empty store with a program in force, on each database."""
    return Books(database)


def test_birthdays_of_the_days_are_counted_each_once(books: Books) -> None:
    for day in ((8, 24), (8, 25), (10, 1), (10, 1), (11, 22), (11, 23), (2, 29)):
        books.born(*day)

    # The first day began before the 90 days did, and the last is today.
    assert books.counted("birthday") == {"": (4, 400, 40)}
    assert Uncounted("birthday") not in books.costs().uncounted


def test_the_29th_of_february_is_counted_on_the_day_that_the_draft_says(database: Database) -> None:
    books = Books(database)
    books.born(2, 29)
    asked = {"asked": True, "leap_day": "feb_28"}
    draft = program_of(
        PURCHASES, gives("birthday", 100), **SECTIONS | {"bonuses": {"birthdays": asked}}
    )

    def times(now: datetime) -> int:
        [item] = [one for one in books.costs(draft, now).items if one.trigger == "birthday"]
        return item.times

    in_2027 = NOW.replace(year=2027, month=2, day=28)
    assert (times(in_2027 - timedelta(days=1)), times(in_2027)) == (0, 1)


def test_birthdays_that_nobody_told_are_named_instead_of_being_none(books: Books) -> None:
    member = books.born(10, 1)
    books.write(lambda conn, store: birthdays.delete_birthday(conn, store, member))

    assert books.counted("birthday") == {}
    assert Uncounted("birthday") in books.costs().uncounted


def test_answers_of_the_time_are_counted_by_question(books: Books) -> None:
    books.answer("size", "38")
    books.answer("size", "40")
    books.answer("size", "42", at=BEFORE)
    books.answer("color", "red")
    gone = books.answer("size", "44")
    books.write(lambda conn, store: answers.delete_answer(conn, store, gone, "size"))

    # The draft pays for the size alone; what is in force pays for both.
    assert books.counted("question_answered") == {"size": (2, 40, 2), "color": (1, 0, 1)}


def test_events_of_somebody_known_are_counted_less_those_taken_back(books: Books) -> None:
    outcomes = ("given", "nothing", "withheld", "refused", "unknown_member")
    for number, outcome in enumerate(outcomes):
        books.report("visit", number, outcome)
    books.report("visit", 10, "given", at=BEFORE)
    books.report("review", 11, "given")
    books.report("visit", 12, "given")

    def take_back(conn: sa.Connection, store: int) -> None:
        row = events.find(conn, store, "visit", "visit-12")
        assert row is not None
        events.settle(conn, row.id, reversed_at=NOW)
        # One that is taken back before it comes is none either.
        events.claim_removed(conn, store, "visit", "visit-13", key_id=books.key, now=LATELY)

    books.write(take_back)

    assert books.counted("custom_event") == {"visit": (3, 90, 0)}


def test_levels_reached_in_the_time_are_counted_where_both_programs_have_the_same(
    books: Books,
) -> None:
    books.reach("silver")
    books.reach("silver")
    books.reach("silver", at=BEFORE)
    books.reach("gold")

    assert books.counted("tier_reached") == {"silver": (2, 100, 100), "gold": (1, 70, 70)}
    easier = SILVER | {"requirements": {"orders": {"min": 1}}}
    draft = program_of(PURCHASES, **SECTIONS | {"tiers": {"enabled": True, "levels": [easier]}})
    assert books.counted("tier_reached", draft) == {"gold": (1, 0, 70)}
    assert Uncounted("tier_reached", "silver") in books.costs(draft).uncounted


def test_who_joined_confirmed_and_stayed_is_counted(books: Books) -> None:
    first, second = books.join(), books.join()
    books.join(confirmed=False)
    books.join(at=BEFORE)
    members = table(Member)
    merged = sa.update(members).where(members.c.id == second).values(merged_into=first)
    books.write(lambda conn, _store: conn.execute(merged))

    assert books.counted("account_confirmed") == {"": (1, 5, 0)}


def test_anniversaries_of_the_days_are_counted_by_years(books: Books) -> None:
    for years, days in ((1, 10), (1, 91), (2, 0), (3, 5)):
        joined = (NOW - timedelta(days=days)).replace(year=NOW.year - years)
        books.member(first_enrolled_at=joined, enrolled_at=joined)

    assert books.counted("anniversary") == {"": (3, 21, 0)}


def test_nothing_is_counted_from_before_the_installation(database: Database) -> None:
    books = Books(database, installed_at=NOW - timedelta(days=5))
    books.answer("size", "38")
    books.answer("size", "40", at=NOW - timedelta(days=4))
    books.report("visit", 1, "given")

    assert books.costs().since == NOW - timedelta(days=5)
    assert books.counted("question_answered")["size"] == (1, 20, 1)
    assert books.counted("custom_event") == {"visit": (0, 0, 0)}


def test_what_others_did_in_other_stores_is_not_counted(books: Books, database: Database) -> None:
    other = Books(database)
    other.born(10, 1)
    other.answer("size", "38")
    other.report("visit", 1, "given")
    other.reach("silver")

    costs = books.costs()
    assert [one for one in costs.items if one.times] == []
    assert (costs.points, costs.points_before, costs.at_once) == (0, 0, 0)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "2 members move at once: Gold → No tier.",
                "Segment “All” is new: 2 come in.",
                (
                    "Answers to “Color?”: 1, up to 0 points each: 0 points at most since"
                    " 2026-08-24; by the program in force 1 point."
                ),
                (
                    "Answers to “Size?”: 1, up to 20 points each: 20 points at most since"
                    " 2026-08-24; by the program in force 1 point."
                ),
                "Not counted: Birthdays: no birthday is known yet.",
            ],
        ),
        (
            "tr",
            [
                "2 üyenin seviyesi hemen değişir: Gold → Seviye yok.",
                "“Tümü” segmenti yeni: 2 kişi girer.",
                (
                    "“Color?” sorusuna verilen yanıtlar: 1 kez, her biri en çok 0 puan:"
                    " 2026-08-24 tarihinden beri en çok 0 puan; yürürlükteki programla 1 puan."
                ),
                (
                    "“Size?” sorusuna verilen yanıtlar: 1 kez, her biri en çok 20 puan:"
                    " 2026-08-24 tarihinden beri en çok 20 puan; yürürlükteki programla 1 puan."
                ),
                "Hesaba katılmayan: Doğum günleri: henüz hiçbir doğum günü bilinmiyor.",
            ],
        ),
    ],
)
def test_the_command_line_tells_the_same_in_words(
    books: Books, language: str, told: list[str]
) -> None:
    books.answer("size", "38")
    books.answer("color", "red")
    everybody = {
        "id": "all",
        "names": {"en": "All", "tr": "Tümü"},
        "rule": {"type": "member_since", "min": 0},
    }
    draft = program_of(
        PURCHASES,
        gives("birthday", 100),
        gives("question_answered", 20, on=["size"]),
        **SECTIONS | {"segments": [everybody], "tiers": TIERS | {"enabled": False}},
    )

    lines = books.database.read(
        lambda conn: lines_beside_orders(
            conn, books.store, draft, start=NOW, now=NOW, language=language
        )
    )

    reached = [line for line in lines if "reached" in line or "ulaşan" in line]
    assert len(reached) == 2
    assert sorted(set(lines) - set(reached)) == sorted(told)
