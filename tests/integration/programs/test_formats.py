"""Stored programs of other formats: older ones decide, newer ones wait for the app they need."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.edit_draft import save_draft
from saleor_loyalty_app.flows.publish_program import publish, roll_back
from saleor_loyalty_app.programs import formats, repository
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.document import canonical_json
from saleor_loyalty_app.programs.errors import ProgramInvalid, RevisionUnreadable
from saleor_loyalty_app.programs.formats import FORMAT, Formats
from saleor_loyalty_app.programs.models import ProgramDraft, ProgramRevision
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_channel, make_store
from tests.program_samples import PURCHASES, document_of, order_of, program_of

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
_drafts, _revisions = table(ProgramDraft), table(ProgramRevision)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Programs are kept by digest for all tests of a process."""
    repository._cache.clear()
    yield
    repository._cache.clear()


@pytest.fixture
def store(database: Database) -> StoreRef:
    def make(conn: Connection) -> StoreRef:
        made = make_store(conn)
        make_channel(conn, made.id)
        make_channel(conn, made.id, slug="channel-tr", currency="TRY")
        return made

    return database.write(make)


@pytest.fixture
def an_older_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the name had been called the title in a format before the first."""

    def named(document: dict[str, Any]) -> dict[str, Any]:
        if "title" in document:
            document["name"] = document.pop("title")
        return document

    monkeypatch.setattr(formats, "FORMATS", Formats(oldest=0, steps=(named,)))


def old_document() -> dict[str, Any]:
    document = document_of(version=0)
    document["title"] = document.pop("name")
    return document


def stored_revision(conn: Connection, store: StoreRef, document: dict[str, Any]) -> None:
    """Writes a revision as another version of the app left it."""
    conn.execute(
        sa.insert(_revisions).values(
            store_id=store.id,
            number=1,
            document=document,
            digest=repository.version_of(document),
            effective_from=NOON,
            published_at=NOON,
            published_by="app",
            note="",
        )
    )


def stored_draft(conn: Connection, store: StoreRef, document: dict[str, Any]) -> None:
    """Writes a draft as another version of the app left it."""
    conn.execute(
        sa.insert(_drafts).values(
            store_id=store.id, document=document, evidence={}, updated_at=NOON, updated_by="user:1"
        )
    )


def draft_row(conn: Connection, store: StoreRef) -> dict[str, Any]:
    found: dict[str, Any] = conn.execute(
        sa.select(_drafts.c.document).where(_drafts.c.store_id == store.id)
    ).scalar_one()
    return found


@pytest.mark.usefixtures("an_older_format")
def test_a_revision_of_an_older_format_decides_and_stays_as_it_was_written(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        stored_revision(conn, store, old_document())
        found = repository.revision_at(conn, store.id, NOON)
        assert found is not None
        assert found.program == program_of()
        assert found.digest == program_of().digest
        decision = decide_order(found.program, order_of(), "UTC")
        assert decision == decide_order(program_of(), order_of(), "UTC")
        kept = conn.execute(sa.select(_revisions.c.document)).scalar_one()
        assert canonical_json(kept) == canonical_json(old_document())

    database.write(go)


@pytest.mark.usefixtures("an_older_format")
def test_publishing_what_an_older_format_said_already_changes_nothing(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        stored_revision(conn, store, old_document())
        assert not publish(conn, store, program_of(), by="user:1", now=NOON).created

    database.write(go)


@pytest.mark.usefixtures("an_older_format")
def test_a_draft_of_an_older_format_is_edited_and_saved_in_the_newest(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        stored_draft(conn, store, old_document())
        draft = repository.get_draft(conn, store.id)
        assert draft.document == document_of()
        assert draft.program() == program_of()
        saved = save_draft(
            conn,
            store,
            {**old_document(), "title": "Another"},
            version=draft.version,
            by="user:2",
            now=NOON,
            language="en",
        )
        assert saved.document["name"] == "Another"
        assert draft_row(conn, store) == document_of(name="Another")

    database.write(go)


def test_a_revision_of_a_newer_format_is_not_decided_by(
    database: Database, store: StoreRef
) -> None:
    def go(conn: Connection) -> None:
        stored_revision(conn, store, document_of(version=FORMAT + 1))
        with pytest.raises(RevisionUnreadable):
            repository.revision_at(conn, store.id, NOON)

    database.write(go)


def test_a_draft_of_a_newer_format_is_shown_and_neither_published_nor_replaced_by_one(
    database: Database, store: StoreRef
) -> None:
    newer = document_of(version=FORMAT + 1)

    def go(conn: Connection) -> None:
        stored_draft(conn, store, newer)
        assert repository.get_draft(conn, store.id).document == newer
        for refused in (
            lambda: publish(conn, store, by="user:1", now=NOON),
            lambda: repository.put_draft(conn, store.id, newer, by="user:1", now=NOON),
        ):
            with pytest.raises(ProgramInvalid) as failure:
                refused()
            assert [one.code for one in problems_in(failure.value)] == ["format_newer"]

    database.write(go)


def test_what_broke_no_rule_when_it_was_published_decides_and_is_not_published_again(
    database: Database, store: StoreRef
) -> None:
    """A rule for documents that came later: here, that an expression knows its names."""
    condition = {"type": "expression", "cel": "order.gone > 3"}
    bonus = {
        "id": "bonus",
        "scope": "order",
        "when": condition,
        "then": {"type": "points_per_order", "points": 9},
    }
    document = document_of(PURCHASES, bonus)

    def go(conn: Connection) -> None:
        stored_revision(conn, store, document)
        found = repository.revision_at(conn, store.id, NOON)
        assert found is not None
        decision = decide_order(found.program, order_of(), "UTC")
        assert decision.totals() == {("points", "points"): 10}
        assert [miss.reason["code"] for miss in decision.misses] == ["expression_failed"]
        with pytest.raises(ProgramInvalid) as failure:
            roll_back(conn, store, 1, by="user:1", now=NOON)
        [problem] = problems_in(failure.value)
        assert problem.code == "expression_unknown_name"

    database.write(go)
