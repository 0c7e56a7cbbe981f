import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import NoDraft, ProgramInvalid, RevisionNotFound
from tests.factories import make_store
from tests.program_samples import document_of, program_of

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def insert(
    conn: Connection, store_id: int, program: Program, start: datetime
) -> repository.Revision:
    return repository.insert_revision(
        conn, store_id, program, by="user:1", now=NOON, effective_from=start, note="why"
    )


def test_before_the_first_revision_nothing_is_in_force(database: Database) -> None:
    def check(conn: Connection) -> None:
        store = make_store(conn)
        assert repository.revision_at(conn, store.id, NOON) is None
        assert repository.went_live_at(conn, store.id) is None
        insert(conn, store.id, program_of(), NOON)
        assert repository.revision_at(conn, store.id, NOON - timedelta(microseconds=1)) is None
        assert repository.went_live_at(conn, store.id) == NOON

    database.write(check)


def test_the_revision_of_a_moment_is_the_last_one_that_began(database: Database) -> None:
    def check(conn: Connection) -> None:
        store = make_store(conn)
        first = insert(conn, store.id, program_of(name="first"), NOON)
        later = insert(conn, store.id, program_of(name="later"), NOON + 2 * HOUR)
        between = insert(conn, store.id, program_of(name="between"), NOON + HOUR)

        assert [first.number, later.number, between.number] == [1, 2, 3]
        for moment, expected in (
            (NOON, first),
            (NOON + HOUR - timedelta(microseconds=1), first),
            (NOON + HOUR, between),
            (NOON + 2 * HOUR, later),
            (NOON + 1000 * HOUR, later),
        ):
            assert repository.revision_at(conn, store.id, moment) == expected

    database.write(check)


def test_of_two_revisions_with_one_beginning_the_later_number_is_in_force(
    database: Database,
) -> None:
    def check(conn: Connection) -> None:
        store = make_store(conn)
        insert(conn, store.id, program_of(name="mistake"), NOON)
        mended = insert(conn, store.id, program_of(name="mended"), NOON)
        assert repository.revision_at(conn, store.id, NOON) == mended

    database.write(check)


def test_a_stored_program_reads_back_equal(database: Database) -> None:
    program = program_of(settings={"expiry": {"months": None}}, name="Sadakat Çınarı")
    store = database.write(lambda conn: make_store(conn))
    database.write(lambda conn: insert(conn, store.id, program, NOON))
    repository._cache.clear()

    found = database.read(lambda conn: repository.revision_at(conn, store.id, NOON))

    assert found is not None
    assert found.program == program
    assert found.digest == program.digest == found.program.digest
    assert (found.published_by, found.note) == ("user:1", "why")


def test_a_known_revision_costs_one_query_without_its_document(database: Database) -> None:
    store = database.write(lambda conn: make_store(conn))
    database.write(lambda conn: insert(conn, store.id, program_of(), NOON))
    statements: list[str] = []

    def look(conn: Connection) -> None:
        repository.revision_at(conn, store.id, NOON)
        event.listen(conn, "before_cursor_execute", lambda *args: statements.append(args[2]))
        repository.revision_at(conn, store.id, NOON)

    database.read(look)

    assert len(statements) == 1
    assert "document" not in statements[0]


def test_stores_do_not_see_each_others_programs(database: Database) -> None:
    def check(conn: Connection) -> None:
        mine, other = make_store(conn), make_store(conn)
        theirs = insert(conn, other.id, program_of(), NOON)
        repository.put_draft(conn, other.id, document_of(), by="app", now=NOON)

        assert repository.revision_at(conn, mine.id, NOON) is None
        assert repository.programs_by_id(conn, mine.id, {theirs.id}) == {}
        assert repository.revisions(conn, mine.id) == []
        assert repository.find_draft(conn, mine.id) is None
        with pytest.raises(RevisionNotFound):
            repository.revision_by_number(conn, mine.id, theirs.number)

    database.write(check)


def test_revisions_are_listed_from_the_newest_in_pages(database: Database) -> None:
    def check(conn: Connection) -> None:
        store = make_store(conn)
        for number in range(5):
            insert(conn, store.id, program_of(name=f"n{number}"), NOON)

        first = repository.revisions(conn, store.id, first=2)
        second = repository.revisions(conn, store.id, first=2, before=first[-1].number)

        assert [head.number for head in (*first, *second)] == [5, 4, 3, 2]

    database.write(check)


def test_programs_are_found_by_the_revisions_that_entries_name(database: Database) -> None:
    def check(conn: Connection) -> None:
        store = make_store(conn)
        first = insert(conn, store.id, program_of(name="first"), NOON)
        second = insert(conn, store.id, program_of(name="second"), NOON)

        found = repository.programs_by_id(conn, store.id, {first.id, second.id, 999_999})

        assert found == {first.id: first.program, second.id: second.program}
        assert repository.programs_by_id(conn, store.id, set()) == {}

    database.write(check)


def test_a_draft_may_have_problems_until_it_is_read_as_a_program(database: Database) -> None:
    unfinished = {**document_of(), "earning": {"rules": [{"id": "x"}]}}

    def check(conn: Connection) -> None:
        store = make_store(conn)
        repository.put_draft(conn, store.id, unfinished, by="user:1", now=NOON)
        draft = repository.get_draft(conn, store.id)
        assert draft.document == unfinished
        with pytest.raises(ProgramInvalid):
            draft.program()

    database.write(check)


def test_saving_a_draft_again_keeps_the_evidence_of_the_proposal(database: Database) -> None:
    def check(conn: Connection) -> None:
        store = make_store(conn)
        repository.put_draft(
            conn, store.id, document_of(), by="app", now=NOON, evidence={"days": 90}
        )
        repository.put_draft(conn, store.id, document_of(name="mine"), by="user:1", now=NOON + HOUR)

        draft = repository.get_draft(conn, store.id)
        assert draft.program().name == "mine"
        assert (draft.evidence, draft.updated_by) == ({"days": 90}, "user:1")
        assert draft.updated_at == NOON + HOUR

    database.write(check)


def test_without_a_draft_the_failure_says_so(database: Database) -> None:
    with pytest.raises(NoDraft):
        database.write(lambda conn: repository.get_draft(conn, make_store(conn).id))


@pytest.mark.parametrize(
    "document", [{"name": "\x00"}, {"name": "x" * 300_000}, {"a": float("inf")}, {"\x00": 1}]
)
def test_a_draft_that_no_database_takes_is_refused(
    database: Database, document: dict[str, object]
) -> None:
    with pytest.raises(ProgramInvalid):
        database.write(
            lambda conn: repository.put_draft(
                conn, make_store(conn).id, document, by="user:1", now=NOON
            )
        )


def test_revisions_of_the_first_release_are_still_read(database: Database) -> None:
    """The stored form of version 1; what reads it may grow, but never lose this."""
    stored = json.loads(json.dumps(program_of().document))
    assert sorted(stored) == [
        "currencies",
        "earning",
        "name",
        "settings",
        "texts",
        "units",
        "version",
    ]

    def check(conn: Connection) -> None:
        store = make_store(conn)
        revision = insert(conn, store.id, program_of(), NOON)
        repository._cache.clear()
        raw = conn.execute(sa.text("SELECT count(*) FROM program_revision")).scalar_one()
        found = repository.revision_by_number(conn, store.id, revision.number)
        assert (raw, found.program.document) == (1, stored)

    database.write(check)
