"""Members and points from another system: checked first, booked once, taken back exactly."""

import shutil
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.flows.import_members import cancel_member_import
from saleor_loyalty_app.flows.join_member import claim_guests
from saleor_loyalty_app.member_imports import repository
from saleor_loyalty_app.member_imports.errors import (
    ImportNeedsProgram,
    MemberImportBusy,
    MemberImportNotFound,
    WrongImportState,
)
from saleor_loyalty_app.members import consents, notes
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.repository import member_by_id, members
from saleor_loyalty_app.members.service import leave
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_store
from tests.integration.member_imports.stage import ACTOR, HEADER, ImportStage
from tests.order_books import entries_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ADA, BOB = "VXNlcjox", "VXNlcjoy"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> ImportStage:
    return ImportStage(database, clock)


def file(*lines: str, header: str = HEADER) -> str:
    return "\n".join([header, *lines]) + "\n"


def test_a_file_is_checked_first_and_books_nothing_until_it_is_started(stage: ImportStage) -> None:
    stage.join(ADA, "ada@example.com")
    checked = stage.check(
        file(
            "Ada@Example.com,A1,100,31.12.2027",
            "new@example.com,A2,1.200,",
            "new@example.com,A3,7,",
        )
    )
    assert (checked.state, checked.rows) == ("checked", 3)
    assert checked.checked is not None
    assert checked.checked["rows"] == {"ready": 2, "bad": 1}
    assert checked.checked["codes"] == {"bad": {"points_thousands": 1}}
    assert checked.checked["points"] == [{"channel": "", "currency": "USD", "points": 107}]
    assert checked.checked["people"] == {"account": 1, "new": 1}
    assert stage.books() == {}
    assert stage.database.read(lambda conn: entries_of(conn, stage.store)) == []


def test_lots_keep_their_dates_and_the_month_shows_them_as_adjusted(stage: ImportStage) -> None:
    ada = stage.join(ADA, "ada@example.com")
    done = stage.book(
        file(
            "ada@example.com,A1,100,2027-12-31,2025-03-01",
            "ada@example.com,A2,50,never,",
            "ada@example.com,A3,20,,",
            header=HEADER + ",earned_at",
        )
    )
    assert done.booked is not None
    assert done.booked["rows"] == {"booked": 3}
    assert stage.books() == {
        ADA: [
            (20, "2027-11-30 20:59:59+00:00"),
            (50, "None"),
            (100, "2027-12-31 20:59:59+00:00"),
        ]
    }
    rows = stage.database.read(lambda conn: entries_of(conn, stage.store))
    assert {row.source for row in rows} == {f"import:{done.id}"}
    assert rows[0].effective_at == datetime(2025, 2, 28, 21, tzinfo=UTC)
    [month] = stage.database.read(
        lambda conn: ledger.roll_forward(
            conn, stage.store.id, date(2026, 11, 1), NOW, tz=ZoneInfo(stage.store.timezone)
        )
    )
    assert (month.currency, month.issued, month.adjusted, month.closing) == ("USD", 0, 170, 170)
    for language in ("en", "tr"):
        with stage.database.engine.connect() as conn:
            told = explain_entries(
                conn, stage.store.id, [row.id for row in rows], language=language
            )
        assert "100" in told[0].sentences[0]
        assert "explain" not in told[0].sentences[0]
    assert stage.points(ada) == 170
    assert stage.drifts() == []


def test_a_guest_is_known_by_the_address_and_joins_later_with_points_and_consent(
    stage: ImportStage,
) -> None:
    header = "email,points,consent_email,consent_at,consent_proof,lifetime_points"
    text = file("Ayşe@Example.com,80,evet,02.05.2024,Form 3,1840", header=header)
    done = stage.book(text.encode("cp1254"))
    assert done.encoding == "cp1254"
    guest = stage.guest("ayşe@example.com")
    assert stage.points(guest) == 80
    state = stage.database.read(lambda conn: consents.states(conn, stage.store.id, guest))
    assert not state[Channel.email].granted
    member = stage.join(ADA, "ayşe@example.com")

    def join(conn: sa.Connection) -> int:
        found = member_by_id(conn, stage.store.id, member)
        assert found is not None
        return claim_guests(conn, stage.store, found, keys=stage.keys, now=stage.clock())

    assert stage.database.write(join) == 1
    assert stage.points(member) == 80
    state = stage.database.read(lambda conn: consents.states(conn, stage.store.id, member))
    given = state[Channel.email]
    assert (given.granted, given.source, given.text_version) == (True, "import", "Form 3")
    assert given.at == datetime(2024, 5, 1, 21, tzinfo=UTC)
    assert not state[Channel.sms].granted
    assert (
        stage.database.read(
            lambda conn: repository.lifetime_of(conn, stage.store.id, [guest, member])
        )
        == 1840
    )
    assert stage.drifts() == []


def test_a_consent_never_goes_over_what_the_member_said_later(stage: ImportStage) -> None:
    ada = stage.join(ADA, "ada@example.com")

    def change_mind(conn: sa.Connection) -> None:
        for act in (consents.grant, consents.withdraw):
            more = {"text_version": "1"} if act is consents.grant else {}
            act(conn, stage.store.id, ada, Channel.email, source="page", now=NOW, **more)

    stage.database.write(change_mind)
    header = "email,points,consent_email,consent_sms,consent_at,consent_proof,phone"
    done = stage.book(
        file("ada@example.com,5,yes,yes,2024-05-02,Form 3,0532 123 45 67", header=header)
    )
    assert stage.rows(done.id) == [(2, "booked", "consent_older")]
    state = stage.database.read(lambda conn: consents.states(conn, stage.store.id, ada))
    assert not state[Channel.email].granted
    assert state[Channel.sms].granted
    stage.reverse(done.id)
    state = stage.database.read(lambda conn: consents.states(conn, stage.store.id, ada))
    assert not state[Channel.sms].granted


def test_accounts_that_are_no_members_yet_are_looked_up_in_saleor_a_page_at_a_time(
    stage: ImportStage,
) -> None:
    stage.knows(ADA, "ada@example.com")
    stage.knows(BOB, "bob@example.com", isStaff=True)
    done = stage.book(
        file(f"{ADA},10,", f"{BOB},10,", "VXNlcjoz,10,", header="saleor_user_id,points,note")
    )
    assert stage.asked[0] == [ADA, BOB, "VXNlcjoz"]
    assert stage.rows(done.id) == [
        (2, "booked", ""),
        (3, "bad", "user_unknown"),
        (4, "bad", "user_unknown"),
    ]
    assert stage.books().keys() == {ADA}


def test_the_same_file_twice_or_a_corrected_one_books_only_what_is_new(stage: ImportStage) -> None:
    first = file(
        "ada@example.com,A1,100,", "bob@example.com,,30,2030-01-01", "x@example.com,A2,zehn,"
    )
    stage.book(first)
    again = stage.book(first)
    assert [state for _, state, _ in stage.rows(again.id)] == ["there", "there", "bad"]
    assert {code for _, _, code in stage.rows(again.id)} == {"already_there", "points_invalid"}
    mended = stage.book(first.replace("zehn", "10").replace("A1,100", "A1,120"))
    assert stage.rows(mended.id) == [
        (2, "bad", "booked_otherwise"),
        (3, "there", "already_there"),
        (4, "booked", ""),
    ]
    assert sum(points for lots in stage.books().values() for points, _ in lots) == 140
    assert stage.drifts() == []


def test_lines_that_say_the_same_need_ids_of_their_own(stage: ImportStage) -> None:
    done = stage.book(
        file(
            "ada@example.com,,5,", "ADA@example.com,,5,",
            "ada@example.com,A1,5,", "ada@example.com,A1,5,", "ada@example.com,A1,6,",
        )
    )  # fmt: skip
    assert [(state, code) for _, state, code in stage.rows(done.id)] == [
        ("booked", ""),
        ("bad", "same_line_twice"),
        ("booked", ""),
        ("there", "external_id_repeated"),
        ("bad", "external_id_twice"),
    ]
    assert stage.points(stage.guest("ada@example.com")) == 10


def test_a_run_that_breaks_off_within_a_page_goes_on_and_books_everything_once(
    stage: ImportStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"m{number}@example.com,L{number},{number},2030-01-01" for number in range(1, 251)]
    checked = stage.check(file(*lines))
    stage.start(checked.id)
    stage.importer.next_page(stage.store, checked.id)
    adjust, calls = ledger.adjust, 0

    def break_off(*args: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 40:
            raise KeyboardInterrupt
        return adjust(*args, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "adjust", break_off)
        with pytest.raises(KeyboardInterrupt):
            stage.importer.next_page(stage.store, checked.id)
    assert stage.find(checked.id).handled == 100
    assert len(stage.books()) == 100
    done = stage.work(checked.id)
    assert done.state == "done"
    assert sum(points for lots in stage.books().values() for points, _ in lots) == 125 * 251
    assert stage.drifts() == []


def test_a_stopped_import_keeps_what_it_booked_and_can_go_on(stage: ImportStage) -> None:
    checked = stage.check(file(*(f"m{n}@example.com,L{n},1," for n in range(150))))
    stage.start(checked.id)
    stage.importer.next_page(stage.store, checked.id)
    stopped = stage.database.write(
        lambda conn: cancel_member_import(conn, stage.store, checked.id, actor=ACTOR, now=NOW)
    )
    assert stopped.state == "canceled"
    assert stopped.booked is not None
    assert stopped.booked["rows"] == {"booked": 100, "ready": 50}
    assert stage.work(checked.id).state == "canceled"
    stage.start(checked.id)
    assert stage.work(checked.id).booked["rows"] == {"booked": 150}  # type: ignore[index]


@given(data=st.data())
@settings(max_examples=max(6, settings().max_examples // 5))
def test_any_split_and_repetition_of_a_file_ends_in_the_same_books(
    data: st.DataObject, sqlite_template: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    people = st.sampled_from(["ada@example.com", "BOB@example.com", "cem@example.com"])
    dates = st.sampled_from(["", "never", "2030-01-01"])
    lots = st.tuples(people, st.integers(1, 300), dates)
    lines = data.draw(st.lists(lots, min_size=1, max_size=12))
    rows = [f"{who},L{n},{points},{day}" for n, (who, points, day) in enumerate(lines)]
    plain = [f"{who},,{points + n * 1000},{day}" for n, (who, points, day) in enumerate(lines)]
    everything = [*rows, *plain]
    parts = data.draw(st.lists(st.lists(st.sampled_from(everything), max_size=8), max_size=4))

    def books(*files: list[str]) -> object:
        path = tmp_path_factory.mktemp("books") / "books.sqlite3"
        shutil.copy(str(sqlite_template), path)
        database = open_database(f"sqlite:///{path}", pool_size=1, synchronous="NORMAL")
        try:
            stage = ImportStage(database, ManualClock(NOW), saleor_api_url="https://s/graphql/")
            for one in files:
                if one:
                    stage.book(file(*one))
            assert stage.drifts() == []
            return stage.books()
        finally:
            database.close()

    assert books(everything) == books(*parts, everything[::-1], everything)


def test_what_the_books_and_the_store_say_against_a_row_is_told(
    stage: ImportStage, clock: ManualClock
) -> None:
    gone = stage.join(ADA, "ada@example.com")
    stage.database.write(lambda conn: leave(conn, stage.store.id, gone, now=NOW))
    header = "email,points,expires_at,earned_at,channel,currency"
    checked = stage.check(
        file(
            "ada@example.com,1,,,,",
            "b@example.com,1,2026-11-21,,,",
            "b@example.com,2,2026-11-22,,default-channel,USD",
            "b@example.com,3,,2026-11-23,,",
            "b@example.com,4,2027-01-01,,nowhere,",
            "b@example.com,5,,,,TRY",
            header=header,
        )
    )
    assert [(state, code) for _, state, code in stage.rows(checked.id)] == [
        ("bad", "member_left"),
        ("bad", "expired_already"),
        ("ready", ""),
        ("bad", "earned_in_future"),
        ("bad", "channel_unknown"),
        ("bad", "currency_unknown"),
    ]
    clock.advance(timedelta(days=1))
    stage.start(checked.id)
    assert stage.work(checked.id).state == "done"
    assert stage.rows(checked.id)[2] == (4, "bad", "expired_already")


def test_nothing_of_a_forgotten_member_stays_in_the_rows_of_files(stage: ImportStage) -> None:
    header = "email,points,phone,note,consent_email,consent_at,consent_proof"
    line = "ada@example.com,5,05321234567,Likes tea,yes,2024-01-01,Form"
    done = stage.book(file(line, header=header))
    guest = stage.guest("ada@example.com")
    assert stage.database.read(lambda conn: notes.notes_of(conn, stage.store.id, guest))[0].text
    waiting = stage.check(file("ada@example.com,6", header="email,points"))
    kept = repository.rows.c
    personal = sa.select(kept.email, kept.phone, kept.note).where(kept.import_id == done.id)
    assert stage.database.read(lambda conn: conn.execute(personal).all()) == [("", "", "")]
    stage.database.write(lambda conn: erase_member(conn, stage.store, guest, now=NOW))
    assert stage.rows(done.id) == []
    assert stage.rows(waiting.id) == []
    stage.database.write(lambda conn: repository.forget_file(conn, waiting.id, NOW))
    assert stage.find(waiting.id).state == "canceled"
    assert stage.drifts() == []


def test_a_file_does_not_bring_back_who_was_erased(stage: ImportStage) -> None:
    stage.knows(BOB, "bob@example.com")
    header = "email,saleor_user_id,points"
    text = file("ada@example.com,,5", f",{BOB},6", header=header)
    stage.book(text)
    for number in (stage.guest("ada@example.com"), stage.join(BOB, "bob@example.com")):
        stage.database.write(partial(erase_member, store=stage.store, member_id=number, now=NOW))
    more = file("ada@example.com,,7", f",{BOB},8", "bob@example.com,,9", header=header)
    for again in (text, more):
        done = stage.book(again)
        assert {(state, code) for _, state, code in stage.rows(done.id)} == {
            ("bad", "member_erased")
        }
    held = sa.select(members.c.state).where(members.c.store_id == stage.store.id)
    states = stage.database.read(lambda conn: set(conn.execute(held).scalars()))
    assert states == {"erased"}
    assert stage.drifts() == []


def test_one_import_is_at_work_at_a_time_and_each_deed_has_its_time(stage: ImportStage) -> None:
    first, second = stage.check(file("a@example.com,,1,")), stage.check(file("b@example.com,,1,"))
    with pytest.raises(WrongImportState):
        stage.reverse(first.id)
    stage.start(first.id)
    with pytest.raises(MemberImportBusy):
        stage.start(second.id)
    stage.work(first.id)
    with pytest.raises(WrongImportState):
        stage.start(first.id)
    other: StoreRef = stage.database.write(make_store)
    with pytest.raises(MemberImportNotFound):
        stage.database.write(
            lambda conn: cancel_member_import(conn, other, first.id, actor=ACTOR, now=NOW)
        )


def test_before_a_program_is_in_force_a_file_is_checked_but_not_booked(
    stage: ImportStage, clock: ManualClock
) -> None:
    clock.set(datetime(2025, 6, 1, tzinfo=UTC))
    checked = stage.check(file("a@example.com,,1,"))
    assert checked.state == "checked"
    with pytest.raises(ImportNeedsProgram):
        stage.start(checked.id)
