"""The file with everything of a store: its sums are those of the books, and of no other store."""

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.csv_lines import csv_line
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import metadata, table
from saleor_loyalty_app.flows import archive_store
from saleor_loyalty_app.flows.archive_files import TABLES
from saleor_loyalty_app.flows.archive_store import ExportWish, run_export, write_archive
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.ledger.models import Balance, Entry
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.stores import exports, staff_actions
from saleor_loyalty_app.stores.exports import Export, ExportNotFound, ExportRunning, ExportStopped
from saleor_loyalty_app.stores.models import StoreExportPart
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_member
from tests.order_books import KEYS, live_store
from tests.order_samples import order, paid, shopper

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
#: What an owner who leaves has no use for. A table that is new is written down here, or exported.
NOT_OF_THE_ARCHIVE = frozenset(
    {
        # how far the app is with its own work
        "audit_run", "balance_mirror", "bonus_run", "bonus_waiting", "dead_letter", "inbox_message",
        "mailed_link", "message_cursor", "milestone_sweep", "order_refresh", "outbox_message",
        "page_session", "partner_delivery", "program_sample", "program_sampling",
        "redemption_sighting", "roll_up", "segment_look", "segment_sweep", "store_export",
        "store_problem", "tier_look", "tier_sweep",
        # of open checkouts, for hours
        "access_pass", "checkout_total", "shipping_ask", "shipping_offer",
        # worked out of what is in the file
        "active_day", "closed_period", "ledger_day", "order_category", "order_day", "reward_stock",
        # what Saleor's own prices were, for weeks
        "price_day", "price_watch",
        # against paying twice, by hashes; the points are in deeds
        "bonus_given", "bonus_memory", "stopped_address",
        # in members.csv, redemptions.csv, programs/ and manifest.json
        "channel", "member_identity", "program_draft", "program_revision", "redemption_use",
        # files that the owner brought; what came of them is in entries
        "history_import", "member_import", "member_import_booking", "member_import_consent",
        "member_import_lifetime", "member_import_row",
        # settings and keys of this app
        "journal_accounts", "message_settings", "message_text", "partner_key", "partner_key_use",
        "partner_webhook", "staff_allowance", "staff_member", "store_retention", "store_secret",
        "storefront_setup", "wind_down",
    }
)  # fmt: skip
_parts, _entries, _balances = table(StoreExportPart), table(Entry), table(Balance)


def shop(conn: sa.Connection, members: int = 7) -> StoreRef:
    """A store with an order and members who earned, spent, owe and have points set aside."""
    store = live_store(conn, token_encrypted="gAAAA-token")
    sold = order(transactions=[paid()], user=shopper())
    converge_order(conn, store, sold, Look.webhook(NOW), now=NOW, secrets=KEYS)
    for number in range(members):
        account = Account(
            store.id, make_member(conn, store.id, user_id=f"U{number + 50}"), "points"
        )
        cause = Cause("=cmd()", "points", "app", reason={"code": "test"})
        ledger.earn(
            conn, account, 100 + number, cause, key=f"earn:{number}", now=NOW, effective_at=NOW,
            available_from=NOW, expires_at=None,
        )  # fmt: skip
        if number % 2:
            ledger.redeem(conn, account, 30, cause, key=f"spend:{number}", now=NOW)
        if number % 3 == 0:
            ledger.place_hold(
                conn, account, 20, key=f"hold:{number}", source="test", deadline=LATER, now=NOW
            )
    staff_actions.note(conn, store.id, actor="user:1", kind="switched", subject="-x", now=NOW)
    return store


def asked(database: Database, store: StoreRef, now: datetime = NOW) -> Export:
    return database.write(lambda conn: exports.ask(conn, store.id, by="user:1", now=now))


def found(database: Database, export: Export) -> Export:
    return database.read(lambda conn: exports.find(conn, export.store_id, export.id))


def file_of(database: Database, export: Export) -> bytes:
    query = sa.select(_parts.c.data).where(_parts.c.export_id == export.id)
    with database.engine.connect() as conn:
        return b"".join(conn.execute(query.order_by(_parts.c.number)).scalars())


def read_table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))


def test_every_table_of_a_store_is_in_the_file_or_named_as_left_out() -> None:
    exported = {one.source.name for one in TABLES}
    of_stores = {one.name for one in metadata.sorted_tables if "store_id" in one.c}
    assert of_stores - exported == NOT_OF_THE_ARCHIVE
    assert not exported & NOT_OF_THE_ARCHIVE
    # What the columns are called is what they are, or is told how it is worked out.
    for one in TABLES:
        assert one.columns.keys() - {*one.source.c.keys()} <= {*(one.values or {})}, one.name


def _program_in(archive: zipfile.ZipFile) -> str:
    [name] = [one for one in archive.namelist() if one.startswith("programs/")]
    return name


def test_the_sums_of_the_file_are_those_of_the_books(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_store, "PAGE", 3)
    monkeypatch.setattr(archive_store, "PART", 700)
    store, other = database.write(shop), database.write(lambda conn: shop(conn, 2))
    wanted = asked(database, store)
    clock = ManualClock(NOW)
    run_export(database, ExportWish(store.id, wanted.id), clock=clock)
    done = found(database, wanted)
    content = file_of(database, wanted)
    assert (done.state, done.done, done.total) == ("done", 8, 8)
    assert (done.size, done.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        rows = {name: read_table(archive, name) for name in ("members", "balances", "entries")}
        lots, orders = read_table(archive, "lots"), read_table(archive, "orders")
        manifest = json.loads(archive.read("manifest.json"))
        revision = json.loads(archive.read(_program_in(archive)))
        readme = archive.read("README.txt").decode()
    with database.engine.connect() as conn:
        entries = conn.execute(
            sa.select(_entries.c.id, _entries.c.amount).where(_entries.c.store_id == store.id)
        ).all()
        lots_sum, held_sum = conn.execute(
            sa.select(sa.func.sum(_balances.c.lots), sa.func.sum(_balances.c.held)).where(
                _balances.c.store_id == store.id
            )
        ).one()
    told = {int(row["id"]): int(row["amount"]) for row in rows["entries"]}
    assert told == {row.id: row.amount for row in entries}
    assert sum(int(row["remaining"]) for row in lots) == int(lots_sum)
    assert manifest["points"]["points"] == {
        "entries": sum(told.values()), "lots": int(lots_sum), "held": int(held_sum), "debt": 0
    }  # fmt: skip
    by_member = Counter[str]()
    for row in rows["entries"]:
        by_member[row["member_id"]] += int(row["amount"])
    for row in rows["balances"]:
        assert by_member[row["member_id"]] == int(row["lots"]) + int(row["held"])
    assert manifest["rows"]["members.csv"] == len(rows["members"]) == 8
    assert "'=cmd()" in {row["source"] for row in rows["entries"]}
    assert "none" in json.loads(orders[0]["award_plan"])
    assert revision["document"]["name"] == "Test"
    assert "gAAAA-token" not in str(rows)
    assert all(name in readme for name in rows["entries"][0])
    assert found(database, asked(database, other)).state == "waiting"


def test_a_file_that_is_not_wanted_any_more_is_not_written(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_store, "PAGE", 2)
    store = database.write(shop)
    wanted = asked(database, store)
    with pytest.raises(ExportRunning):
        asked(database, store)
    pages: list[int] = []

    def stop(done: int) -> None:
        pages.append(done)
        if len(pages) == 2:
            raise ExportStopped

    with pytest.raises(ExportStopped):
        write_archive(database, store, lambda _: None, clock=ManualClock(NOW), progress=stop)
    assert pages == [2, 4]
    database.write(lambda conn: exports.cancel(conn, store.id, wanted.id, now=NOW))
    run_export(database, ExportWish(store.id, wanted.id), clock=ManualClock(NOW))
    assert (found(database, wanted).state, file_of(database, wanted)) == ("canceled", b"")
    assert asked(database, store).id != wanted.id


def test_whoever_was_taken_for_dead_writes_nothing_more(database: Database) -> None:
    store = database.write(shop)
    wanted = asked(database, store)

    def begun() -> Export | None:
        return database.write(
            lambda conn: exports.begin(conn, store.id, wanted.id, total=1, now=NOW)
        )

    first, second = begun(), begun()
    assert first is not None
    assert second is not None
    with pytest.raises(ExportStopped):
        database.write(lambda conn: exports.add_part(conn, first, 0, b"x", now=NOW))
    database.write(lambda conn: exports.add_part(conn, second, 0, b"x", now=NOW))
    database.write(lambda conn: exports.fail(conn, second, now=NOW))
    run_export(database, ExportWish(store.id, wanted.id), clock=ManualClock(NOW))
    assert found(database, wanted).state == "done"
    silent = asked(database, store)
    later = NOW + exports.SILENCE
    assert asked(database, store, later).id != silent.id


def test_a_file_is_there_for_a_day_and_only_for_its_store(database: Database) -> None:
    store, other = database.write(shop), database.write(shop)
    mine, theirs = asked(database, store), asked(database, other)
    run_export(database, ExportWish(store.id, mine.id), clock=ManualClock(NOW))
    later = ManualClock(NOW + timedelta(hours=1))
    run_export(database, ExportWish(other.id, theirs.id), clock=later)
    with pytest.raises(ExportNotFound):
        database.read(lambda conn: exports.find(conn, other.id, mine.id))
    over = NOW + exports.KEPT
    assert database.write(lambda conn: exports.forget_page(conn, now=over - timedelta(1))) == 0
    assert database.write(lambda conn: exports.forget_page(conn, now=over)) > 0
    assert (found(database, mine).state, file_of(database, mine)) == ("deleted", b"")
    assert (found(database, theirs).state, len(file_of(database, theirs)) > 0) == ("done", True)


def test_nothing_in_a_file_is_a_formula() -> None:
    assert csv_line(["=1+1", "+x", "-x", "@x", "\tx", -5, None]) == (
        "'=1+1,'+x,'-x,'@x,'\tx,-5,\r\n"
    )
