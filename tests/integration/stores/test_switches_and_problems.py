"""Kill switches and problems."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.stores import problems, repository
from saleor_loyalty_app.stores.errors import StoreNotFound, UnknownSwitch
from saleor_loyalty_app.stores.switches import Part, part_named, set_switch
from tests.factories import make_store

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)


@pytest.mark.parametrize("part", list(Part))
def test_each_part_is_switched_by_itself(database: Database, part: Part) -> None:
    store = database.write(lambda conn: make_store(conn))
    other = database.write(lambda conn: make_store(conn))
    assert database.write(lambda conn: set_switch(conn, store.id, part, False, NOW))
    expected = replace(
        store,
        earning_on=part is not Part.EARNING,
        spending_on=part is not Part.SPENDING,
        shipping_on=part is not Part.SHIPPING,
        messages_on=part is not Part.MESSAGES,
    )
    assert database.read(lambda conn: repository.all_stores(conn)) == [expected, other]
    assert not database.write(lambda conn: set_switch(conn, store.id, part, False, NOW))
    assert database.write(lambda conn: set_switch(conn, store.id, part, True, NOW))
    assert database.read(lambda conn: repository.store_by_id(conn, store.id)) == store


def test_what_is_not_there_cannot_be_switched(database: Database) -> None:
    with pytest.raises(StoreNotFound):
        database.write(lambda conn: set_switch(conn, 10**6, Part.EARNING, False, NOW))
    with pytest.raises(UnknownSwitch):
        part_named("everything")
    assert part_named("earning") is Part.EARNING


def test_a_problem_is_told_once_and_dismissed_when_mended(database: Database) -> None:
    store = database.write(lambda conn: make_store(conn)).id

    def report(message: str, at: datetime) -> None:
        database.write(lambda conn: problems.report_problem(conn, store, "drift", message, at))

    def untold() -> list[str]:
        return [
            problem.message
            for problem in database.read(lambda conn: problems.untold_problems(conn, store))
        ]

    def tell(at: datetime) -> None:
        database.write(
            lambda conn: problems.mark_told(conn, store, problems.untold_problems(conn, store), at)
        )

    def undismissed() -> list[str]:
        return database.read(lambda conn: problems.undismissed_keys(conn, store))

    report("The books drift by 5", NOW)
    report("The books drift by 5", NOW)
    assert untold() == ["The books drift by 5"]
    tell(NOW)
    report("The books drift by 5", LATER)
    assert untold() == []
    report("The books drift by 7", LATER)
    assert untold() == ["The books drift by 7"]

    database.write(lambda conn: problems.resolve_problem(conn, store, "drift", LATER))
    assert untold() == []
    assert undismissed() == ["drift"], "Saleor still shows the older message"
    database.write(lambda conn: problems.mark_dismissed(conn, store, ["drift"], LATER))
    assert undismissed() == []

    report("The books drift by 9", LATER)
    assert untold() == ["The books drift by 9"]
    [again] = database.read(lambda conn: problems.open_problems(conn, store))
    assert (again.first_seen, again.last_seen) == (LATER, LATER)


def test_a_problem_is_told_in_the_language_of_the_store_and_shown_in_that_of_the_reader(
    database: Database,
) -> None:
    store = replace(database.write(lambda conn: make_store(conn)), language="en")
    words = Words("problem.mail_failing", {"why": Words("message_why.timeout"), "answer": "550"})
    database.write(lambda conn: problems.report_words(conn, store, "mail-failing", words, NOW))
    [told] = database.read(lambda conn: problems.untold_problems(conn, store.id))
    assert told.message == told.said("en") == words.said("en")
    assert told.said("tr") == words.said("tr") != told.message
    assert "550" in told.said("tr")
    assert "message_why" not in told.said("tr")


def test_a_problem_mended_before_it_was_told_is_never_told(database: Database) -> None:
    store = database.write(lambda conn: make_store(conn)).id
    database.write(lambda conn: problems.report_problem(conn, store, "drift", "It drifts", NOW))
    database.write(lambda conn: problems.resolve_problem(conn, store, "drift", LATER))
    assert database.read(lambda conn: problems.untold_problems(conn, store)) == []
    assert database.read(lambda conn: problems.undismissed_keys(conn, store)) == []


@pytest.mark.parametrize(
    ("key", "message"), [("ab", "A message"), ("k" * 129, "A message"), ("key", "x" * 2049)]
)
def test_a_problem_that_saleor_would_not_take_is_a_mistake(
    database: Database, key: str, message: str
) -> None:
    store = database.write(lambda conn: make_store(conn)).id
    with pytest.raises(ValueError):
        database.write(lambda conn: problems.report_problem(conn, store, key, message, NOW))
