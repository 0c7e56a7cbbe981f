"""Points expire only for who was told in time, by a mail that was really sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import expiry_notices
from saleor_loyalty_app.flows.each_row import Aside
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.ledger.models import Balance, Lot
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks import message_tasks
from saleor_loyalty_app.tasks.background import Background
from tests.mail_server import MailServer, part
from tests.message_stage import NOON, MessageStage, rows_of

IN_40_DAYS = NOON + timedelta(days=40)


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """The queries are run on both kinds in `test_partners`; the rules do not depend on it."""
    opened = open_database(sqlite_url, pool_size=4)
    yield opened
    opened.close()


def look(stage: MessageStage) -> None:
    """The hourly look."""
    now = stage.clock()

    def write(conn: sa.Connection) -> None:
        members = expiry_notices.candidates(conn, stage.store, now=now)
        expiry_notices.notice_page(conn, stage.store, members, now=now)
        expiry_notices.reminder_page(conn, stage.store, members, now=now)

    stage.database.write(write)


def notice(stage: MessageStage) -> None:
    """The hourly look, and the sender's turn."""
    look(stage)
    stage.send()


def lots(stage: MessageStage) -> list[tuple[datetime | None, datetime | None, int]]:
    return [(row.expires_at, row.noticed_at, row.remaining) for row in rows_of(stage.database, Lot)]


def settle(stage: MessageStage, member: int) -> int:
    account = Account(stage.store.id, member, "points")
    return stage.database.write(lambda conn: ledger.settle(conn, account, now=stage.clock()))


def test_a_notice_goes_out_in_time_once_and_then_the_points_expire(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member()
    stage.earn(member, 80, expires_at=IN_40_DAYS)
    notice(stage)
    assert mails.mails == []
    stage.wait(days=6)
    notice(stage)
    notice(stage)
    [mail] = mails.mails
    assert mail["Subject"] == "80 yıldız 13 Şubat 2027 tarihinde sona eriyor"
    assert lots(stage) == [(IN_40_DAYS, stage.clock(), 80)]
    stage.wait(days=28)
    notice(stage)
    notice(stage)
    assert mails.mails[1]["Subject"].startswith("Son günler: 80 yıldız 13 Şubat 2027")
    assert len(mails.mails) == 2
    stage.wait(days=6, hours=1)
    assert settle(stage, member) == 80
    assert stage.balance(member) == 0


def test_who_was_not_told_keeps_the_points_and_reads_the_true_date_later(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member()
    stage.earn(member, 80, expires_at=IN_40_DAYS)
    mails.refusals["ayse@example.com"] = "451 not today"
    stage.wait(days=6)
    notice(stage)
    assert lots(stage)[0][1] is None
    stage.wait(days=5)
    mails.refusals.clear()
    notice(stage)
    [mail] = mails.mails
    assert mail["Subject"] == "80 yıldız 13 Nisan 2027 tarihinde sona eriyor"
    told, noticed, _ = lots(stage)[0]
    assert told is not None
    assert noticed == stage.clock()
    assert told - stage.clock() >= timedelta(days=30)
    stage.wait(days=80)
    assert settle(stage, member) == 0
    stage.wait(days=9)
    assert settle(stage, member) == 80


def test_an_address_that_does_not_exist_was_told_nothing(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member()
    stage.earn(member, 80, expires_at=IN_40_DAYS)
    mails.refusals["ayse@example.com"] = "550 5.1.1 unknown"
    stage.wait(days=6)
    notice(stage)
    stage.wait(days=60)
    assert settle(stage, member) == 0
    assert stage.balance(member) == 80


def test_a_notice_that_was_given_up_is_written_again_a_week_later(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member()
    stage.earn(member, 80, expires_at=IN_40_DAYS)
    mails.data_answer = "554 5.7.1 policy"
    stage.wait(days=6)
    notice(stage)
    notice(stage)
    assert [fate[1] for fate in stage.fates()] == ["failed"]
    mails.data_answer = ""
    stage.wait(days=7)
    notice(stage)
    assert [fate[1] for fate in stage.fates()] == ["failed", "sent"]
    assert lots(stage)[0][1] == stage.clock()


def test_points_that_were_spent_meanwhile_are_not_spoken_of(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member()
    stage.earn(member, 80, expires_at=IN_40_DAYS)
    stage.wait(days=6)
    now = stage.clock()
    look(stage)
    cause = Cause(source="test", part="points", actor="app", reason={"code": "test"})
    account = Account(stage.store.id, member, "points")
    stage.database.write(
        lambda conn: ledger.adjust(conn, account, -80, cause, key="gone", now=now, effective_at=now)
    )
    stage.send()
    assert mails.mails == []
    assert stage.fates() == [("points_expiring", "skipped", "nothing_to_tell")]


def test_each_date_of_each_member_has_one_mail_with_all_its_points(
    stage: MessageStage, mails: MailServer
) -> None:
    first, second = stage.member("a@example.com"), stage.member("b@example.com")
    for number, points in enumerate((10, 20)):
        stage.earn(first, points, expires_at=IN_40_DAYS, key=f"k{number}")
    stage.earn(first, 5, expires_at=IN_40_DAYS + timedelta(hours=30), key="later")
    stage.earn(second, 7, expires_at=IN_40_DAYS, key="other")
    stage.wait(days=7)
    notice(stage)
    subjects = sorted((mail["To"], mail["Subject"].split(" ")[0]) for mail in mails.mails)
    assert subjects == [("a@example.com", "30"), ("a@example.com", "5"), ("b@example.com", "7")]
    assert "Bakiyeniz: 35 yıldız." in part(mails.sent_to("a@example.com")[0], "plain")


def test_a_crash_after_the_mail_sends_it_again_and_counts_it_once(
    stage: MessageStage, mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = stage.member()
    stage.earn(member, 80, expires_at=IN_40_DAYS)
    stage.wait(days=6)

    class Died(Exception):
        """The process ends here."""

    def die(*_args: object, **_named: object) -> None:
        raise Died

    monkeypatch.setattr("saleor_loyalty_app.flows.send_messages.note_sent", die)
    with pytest.raises(Died):
        notice(stage)
    monkeypatch.undo()
    assert lots(stage)[0][1] is None
    stage.wait(hours=1)
    stage.send()
    assert len({mail["Message-ID"] for mail in mails.mails}) == 1
    assert len(mails.mails) == 2
    assert lots(stage)[0][1] == stage.clock()
    assert (
        stage.database.read(
            lambda conn: conn.execute(
                sa.select(sa.func.count()).select_from(table(Lot))
            ).scalar_one()
        )
        == 1
    )


@pytest.mark.parametrize("others", [1, 0])
def test_a_notice_that_cannot_be_written_is_told_of_while_there_are_points_to_expire(
    stage: MessageStage, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    ill = stage.member()
    for member in (ill, *(stage.member(email=f"{n}@example.com") for n in range(others))):
        stage.earn(member, 80, expires_at=IN_40_DAYS)
    stage.wait(days=6)
    page = expiry_notices.notice_page

    def fails(conn: sa.Connection, store: StoreRef, members: Any, *, now: datetime) -> None:
        page(conn, store, members, now=now)
        if ill in members:
            raise ValueError("a row that nobody foresaw")

    monkeypatch.setattr(expiry_notices, "notice_page", fails)
    monkeypatch.setattr(message_tasks, "_can_write", lambda *_: True)
    monkeypatch.setattr(message_tasks, "_remind_of_register", lambda *_: None)
    work = SimpleNamespace(
        database=stage.database,
        clock=stage.clock,
        aside=Aside(),
        active_stores=lambda: [stage.store],
    )

    def told() -> list[str]:
        message_tasks.tell_of_expiry(cast(Background, work))
        found = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
        return [one.key for one in found]

    assert told() == told() == ["rows-failed-expiry_notices"]
    gone = sa.update(table(Balance)).where(table(Balance).c.member_id == ill)
    stage.database.write(lambda conn: conn.execute(gone.values(next_expiry=None)))
    assert told() == []
