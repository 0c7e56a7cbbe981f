from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.publish_program import preview, publish, roll_back
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import (
    EffectiveInPast,
    EffectiveTooFar,
    EffectiveWithoutZone,
    NoDraft,
    ProgramInvalid,
    RevisionNotFound,
)
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.stores.errors import StoreInactive
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_channel, make_store
from tests.program_samples import RATES, document_of, program_of

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> StoreRef:
    """A store that sells in dollars and liras."""

    def make(conn: Connection) -> StoreRef:
        made = make_store(conn, timezone="Europe/Istanbul")
        make_channel(conn, made.id)
        make_channel(conn, made.id, slug="channel-tr", currency="TRY")
        return made

    return database.write(make)


def numbers(database: Database, store: StoreRef) -> list[int]:
    heads = database.read(lambda conn: repository.revisions(conn, store.id))
    return [head.number for head in heads]


def test_publishing_puts_the_draft_into_force_at_once(database: Database, store: StoreRef) -> None:
    def go(conn: Connection) -> None:
        repository.put_draft(conn, store.id, document_of(), by="app", now=NOON)
        published = publish(conn, store, by="user:1", now=NOON)
        assert published.created
        assert published.revision.number == 1
        assert repository.revision_at(conn, store.id, NOON) == published.revision

    database.write(go)


def test_publishing_the_same_program_again_changes_nothing_and_says_so(
    database: Database, store: StoreRef
) -> None:
    first = database.write(lambda conn: publish(conn, store, program_of(), by="u", now=NOON))
    again = database.write(lambda conn: publish(conn, store, program_of(), by="u", now=NOON + HOUR))

    assert (again.created, again.revision) == (False, first.revision)
    assert numbers(database, store) == [1]


def test_what_was_published_is_what_the_draft_goes_on_from(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        repository.put_draft(
            conn, store.id, document_of(), by="app", now=NOON, evidence={"days": 90}
        )
        publish(conn, store, program_of(name="From a file"), by="cli", now=NOON)
        draft = repository.get_draft(conn, store.id)
        assert draft.program().name == "From a file"
        assert draft.evidence == {"days": 90}

    database.write(go)


@pytest.mark.parametrize(
    ("program", "code"),
    [
        (program_of(currencies=[{**RATES[0], "channel": "gone"}]), "channel_unknown"),
        (program_of(currencies=[{**RATES[0], "currency": "EUR"}]), "channel_currency_differs"),
    ],
)
def test_a_confirmed_currency_needs_its_channel(
    database: Database, store: StoreRef, program: Program, code: str
) -> None:
    with pytest.raises(ProgramInvalid) as failure:
        database.write(lambda conn: publish(conn, store, program, by="u", now=NOON))

    assert [problem.code for problem in problems_in(failure.value)] == [code]
    assert numbers(database, store) == []


def test_warnings_do_not_forbid_publishing_but_are_told(
    database: Database, store: StoreRef
) -> None:
    published = database.write(
        lambda conn: publish(conn, store, program_of(currencies=[]), by="u", now=NOON)
    )

    assert [warning.code for warning in published.warnings] == ["nothing_earns"]


def test_without_a_draft_there_is_nothing_to_publish(database: Database, store: StoreRef) -> None:
    with pytest.raises(NoDraft):
        database.write(lambda conn: publish(conn, store, by="u", now=NOON))


def test_a_draft_with_problems_is_not_published(database: Database, store: StoreRef) -> None:
    def go(conn: Connection) -> None:
        repository.put_draft(conn, store.id, {"version": 1}, by="u", now=NOON)
        publish(conn, store, by="u", now=NOON)

    with pytest.raises(ProgramInvalid):
        database.write(go)


def test_a_store_that_left_publishes_nothing(database: Database, store: StoreRef) -> None:
    gone = replace(store, active=False)

    with pytest.raises(StoreInactive):
        database.write(lambda conn: publish(conn, gone, program_of(), by="u", now=NOON))


def test_a_scheduled_program_waits_for_its_time(database: Database, store: StoreRef) -> None:
    def go(conn: Connection) -> None:
        now = publish(conn, store, program_of(), by="u", now=NOON).revision
        later = publish(
            conn, store, program_of(name="x"), by="u", now=NOON, effective_from=NOON + HOUR
        ).revision
        assert repository.revision_at(conn, store.id, NOON + HOUR / 2) == now
        assert repository.revision_at(conn, store.id, NOON + HOUR) == later
        assert repository.went_live_at(conn, store.id) == NOON

    database.write(go)


def test_a_schedule_is_taken_back_by_scheduling_the_present_program_then(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        then = NOON + HOUR
        publish(conn, store, program_of(), by="u", now=NOON)
        publish(conn, store, program_of(name="x"), by="u", now=NOON, effective_from=then)
        back = publish(conn, store, program_of(), by="u", now=NOON, effective_from=then)
        assert back.created
        assert repository.revision_at(conn, store.id, then) == back.revision

    database.write(go)


@pytest.mark.parametrize(
    ("start", "failure"),
    [
        (NOON - timedelta(microseconds=1), EffectiveInPast),
        (NOON + timedelta(days=732), EffectiveTooFar),
        (datetime(2026, 12, 1), EffectiveWithoutZone),  # noqa: DTZ001
    ],
)
def test_a_time_that_does_not_fit_is_refused(
    database: Database, store: StoreRef, start: datetime, failure: type[AppError]
) -> None:
    with pytest.raises(failure):
        database.write(
            lambda conn: publish(conn, store, program_of(), by="u", now=NOON, effective_from=start)
        )
    assert numbers(database, store) == []


def test_rolling_back_publishes_the_old_program_as_a_new_revision(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        old = publish(conn, store, program_of(name="old"), by="u", now=NOON).revision
        publish(conn, store, program_of(name="new"), by="u", now=NOON + HOUR)
        back = roll_back(conn, store, old.number, by="u", now=NOON + 2 * HOUR)

        assert back.created
        assert (back.revision.number, back.revision.program) == (3, old.program)
        assert back.revision.note == "roll back to revision 1"
        new = repository.revision_at(conn, store.id, NOON + HOUR)
        assert new is not None
        assert new.program.name == "new"

    database.write(go)


def test_rolling_back_to_what_never_was_is_refused(database: Database, store: StoreRef) -> None:
    with pytest.raises(RevisionNotFound):
        database.write(lambda conn: roll_back(conn, store, 7, by="u", now=NOON))


def test_rolling_back_to_a_program_whose_channel_is_gone_is_refused(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        old = program_of(currencies=[{**RATES[0], "channel": "closed"}])
        repository.insert_revision(conn, store.id, old, by="u", now=NOON, effective_from=NOON)
        roll_back(conn, store, 1, by="u", now=NOON + HOUR)

    with pytest.raises(ProgramInvalid):
        database.write(go)


def test_many_who_publish_at_once_get_numbers_without_gaps(
    database: Database, store: StoreRef
) -> None:
    programs = [program_of(name=f"program {number % 4}") for number in range(12)]

    def go(program: Program) -> bool:
        published = database.write(lambda conn: publish(conn, store, program, by="u", now=NOON))
        return published.created

    with ThreadPoolExecutor(4) as pool:
        created = sum(pool.map(go, programs))

    assert numbers(database, store) == list(range(created, 0, -1))


def test_a_preview_tells_changes_cost_and_problems_and_writes_nothing(
    database: Database, store: StoreRef
) -> None:
    stats = {
        "channel": "default-channel",
        "currency": "USD",
        "count": 30,
        "median": "15",
        "total": "600",
        "days": 30,
    }

    def go(conn: Connection) -> None:
        repository.put_draft(
            conn,
            store.id,
            document_of(name="Club", currencies=[]),
            by="u",
            now=NOON,
            evidence={"days": 30, "channels": [{"stats": stats}, {"stats": None}]},
        )
        repository.insert_revision(
            conn, store.id, program_of(), by="u", now=NOON, effective_from=NOON
        )
        seen = preview(conn, store, now=NOON, language="en")

        assert seen.publishable
        assert [problem.code for problem in seen.problems] == ["nothing_earns"]
        assert [change.code for change in seen.changes] == [
            "name",
            "rates_removed",
            "rates_removed",
        ]
        assert "from about $12.00 to about $0.00" in seen.cost[0]

    database.write(go)
    assert numbers(database, store) == [1]


def test_the_preview_of_a_scheduled_program_compares_with_what_is_in_force_then(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        publish(conn, store, program_of(), by="u", now=NOON)
        publish(conn, store, program_of(name="x"), by="u", now=NOON, effective_from=NOON + HOUR)
        seen = preview(
            conn,
            store,
            program_of(name="x"),
            now=NOON,
            language="en",
            effective_from=NOON + HOUR,
        )
        assert seen.changes == ()

    database.write(go)


def test_a_preview_of_what_cannot_be_published_says_so(database: Database, store: StoreRef) -> None:
    program = program_of(currencies=[{**RATES[0], "channel": "gone"}])

    seen = database.read(lambda conn: preview(conn, store, program, now=NOON, language="tr"))

    assert not seen.publishable
    assert seen.problems[0].in_words("tr") == (
        "currencies[0].channel: Mağazada “gone” kanalı yok. "
        "Şunlardan birini seçin: channel-tr, default-channel."
    )
