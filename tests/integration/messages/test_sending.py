"""Messages leave by a real mail server: once, to whom they may go, when they may go."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members import consents, preferences
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.messages.kinds import KINDS, Kind, MessageClass
from saleor_loyalty_app.messages.models import MessageSettings, OutboxMessage, StoppedAddress
from saleor_loyalty_app.messages.setup import SMTP_PASSWORD
from saleor_loyalty_app.stores.kept_secrets import keep_secret
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.problems import open_problems
from tests.mail_server import MailServer, mail_server, part
from tests.message_stage import MessageStage, message_stage, rows_of

STATEMENT = {"month": "2026-12", "earned": 300, "spent": 120, "expired": 0}


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """What is sent does not depend on the database: one kind is enough."""
    opened = open_database(sqlite_url, pool_size=4)
    yield opened
    opened.close()


def problems(stage: MessageStage) -> list[str]:
    found = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
    return [problem.key for problem in found]


def test_a_member_reads_what_happened_in_their_language(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member()
    stage.earn(member, 340)
    stage.tell(member, Kind.points_spent, {"points": 120, "order": "1042", "amount": "12.50",
                                           "currency": "TRY"})  # fmt: skip
    stage.send(2)
    [mail] = mails.mails
    assert mail["Subject"] == "120 yıldız harcadınız"
    assert mail["From"] == "Çiçek Dükkânı <points@shop.example>"
    assert mail["To"] == "ayse@example.com"
    assert mail["List-Unsubscribe"] is None
    plain, html = part(mail, "plain"), part(mail, "html")
    for text in (plain, html):
        assert "Merhaba Ayşe," in text
        assert "1042 numaralı siparişinizde 120 yıldız harcadınız." in text
        assert "₺12,50" in text
        assert "Bakiyeniz: 340 yıldız." in text
        assert "MERSİS no: 0123456789012345" in text
    assert "prefers-color-scheme: dark" in html
    assert stage.fates() == [("points_spent", "sent", "")]


def test_a_message_is_sent_once_however_often_it_is_told(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member()
    for _ in range(3):
        stage.tell(member, Kind.welcome, key="welcome")
        stage.send()
    assert len(mails.mails) == 1


def test_offers_need_consent_at_the_moment_of_sending(
    stage: MessageStage, mails: MailServer
) -> None:
    agreed, silent, changed = (stage.member(f"{name}@example.com") for name in "abc")
    stage.agree(agreed)
    stage.agree(changed)
    for member in (agreed, silent, changed):
        stage.tell(member, Kind.monthly_statement, STATEMENT)
    stage.change_setup(switched_off=[])
    stage.database.write(
        lambda conn: consents.withdraw(
            conn, stage.store.id, changed, Channel.email, source="staff", now=stage.clock()
        )
    )
    stage.send()
    [mail] = mails.mails
    assert mail["To"] == "a@example.com"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<https://loyalty.example.com/unsubscribe/")
    assert [why for _, _, why in stage.fates()] == ["", "no_consent", "no_consent"]


def test_greetings_are_off_in_stores_that_saved_their_settings_before_there_were_any(
    stage: MessageStage, mails: MailServer
) -> None:
    """Until the owner switches them on."""
    settings = table(MessageSettings)
    stage.change_setup(switched_off=[])

    def age(conn: sa.Connection) -> None:
        document = conn.execute(sa.select(settings.c.document)).scalar_one()
        before = {name: value for name, value in document.items() if name != "kinds_then"}
        conn.execute(sa.update(settings).values(document=before))

    stage.database.write(age)
    member = stage.member()
    stage.agree(member)
    stage.tell(member, Kind.birthday, {"points": 50, "years": 0}, key="birthday:2026")
    stage.send(2)
    assert mails.mails == []
    assert [line.why for line in stage.log()] == ["switched_off"]

    stage.change_setup(switched_off=[])
    stage.tell(member, Kind.birthday, {"points": 50, "years": 0}, key="birthday:2027")
    stage.send(2)
    [mail] = mails.mails
    assert mail["To"] == "ayse@example.com"


def test_offers_keep_quiet_hours_and_the_weekly_cap(stage: MessageStage, mails: MailServer) -> None:
    member = stage.member()
    stage.agree(member)
    stage.change_setup(weekly_cap=1, switched_off=[])
    stage.wait(hours=11)
    stage.tell(member, Kind.announcement, {"title": "Yeni", "body": "Merhaba"}, key="first")
    stage.tell(member, Kind.announcement, {"title": "Daha yeni", "body": "Selam"}, key="second")
    stage.send()
    assert mails.mails == []
    assert stage.fates()[0] == ("announcement", "waiting", "quiet_hours")
    stage.wait(hours=13)
    stage.send()
    assert [mail["Subject"] for mail in mails.mails] == ["Yeni"]
    stage.wait(days=6, hours=20)
    stage.send()
    assert len(mails.mails) == 1
    assert stage.fates()[1] == ("announcement", "skipped", "weekly_cap")


def test_news_of_ones_points_keep_neither(stage: MessageStage, mails: MailServer) -> None:
    member = stage.member()
    stage.wait(hours=14)
    for number in range(4):
        stage.tell(member, Kind.points_spent, {"points": 1}, key=str(number))
    stage.send()
    assert len(mails.mails) == 4


def test_what_members_muted_is_not_sent_but_what_they_must_know_is(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member()
    stage.database.write(
        lambda conn: preferences.prefer(
            conn, stage.store.id, member, muted=[Channel.email], now=stage.clock()
        )
    )
    stage.tell(member, Kind.points_spent, {"points": 5})
    stage.tell(member, Kind.email_changed, {"spending_from": "2027-01-06T09:00:00+00:00"})
    stage.send()
    assert [mail["Subject"] for mail in mails.mails] == [
        "Çiçek Dükkânı hesabınızın e-posta adresi değişti"
    ]


def test_an_address_that_does_not_exist_is_written_to_once(
    stage: MessageStage, mails: MailServer
) -> None:
    mails.refusals["gone@example.com"] = "550 5.1.1 <gone@example.com> no such user"
    gone, there = stage.member("gone@example.com"), stage.member("b@example.com")
    stage.tell(gone, Kind.points_spent, {"points": 1}, key="1")
    stage.tell(there, Kind.points_spent, {"points": 1}, key="2")
    stage.send()
    stage.tell(gone, Kind.points_spent, {"points": 2}, key="3")
    stage.send()
    assert stage.fates() == [
        ("points_spent", "failed", "unknown_address"),
        ("points_spent", "sent", ""),
        ("points_spent", "skipped", "stopped_address"),
    ]
    [stopped] = rows_of(stage.database, StoppedAddress)
    assert "gone@example.com" not in stopped.answer
    assert problems(stage) == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [("452 4.2.2 mailbox full", "busy"), ("451 try again later", "busy")],
)
def test_what_is_refused_for_now_is_tried_again(
    stage: MessageStage, mails: MailServer, answer: str, why: str
) -> None:
    member = stage.member()
    mails.refusals["ayse@example.com"] = answer
    stage.tell(member, Kind.points_spent, {"points": 1})
    stage.send(3)
    [line] = stage.log()
    assert (line.state, line.why, line.attempts) == ("waiting", why, 1)
    mails.refusals.clear()
    stage.wait(minutes=2)
    stage.send()
    assert [(line.state, line.attempts) for line in stage.log()] == [("sent", 2)]


def test_a_policy_that_refuses_one_mail_stops_no_address(
    stage: MessageStage, mails: MailServer
) -> None:
    mails.data_answer = "554 5.7.1 looks like spam"
    stage.tell(stage.member(), Kind.points_spent, {"points": 1})
    stage.send()
    assert stage.fates() == [("points_spent", "failed", "refused")]
    assert rows_of(stage.database, StoppedAddress) == []


def test_a_mail_server_that_is_down_is_a_problem_until_it_is_up_again(
    database: Database,
) -> None:
    with mail_server() as once:
        port = once.port
    with message_stage(database, once) as stage:
        members = [stage.member(f"{name}@example.com") for name in "abc"]
        for member in members:
            stage.tell(member, Kind.points_spent, {"points": 1})
        stage.send(2)
        assert {line.state for line in stage.log()} == {"waiting"}
        assert problems(stage) == ["mail-failing"]
        stage.earn(members[0], 10)
        assert stage.balance(members[0]) == 10
        with mail_server(port=port) as mails:
            stage.wait(minutes=6)
            stage.send()
            assert len(mails.mails) == 3
        assert problems(stage) == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_password_is_sealed_and_used(database: Database) -> None:
    with (
        mail_server(user="shop", password="gizli şifre") as mails,
        message_stage(database, mails) as stage,
    ):
        stage.change_setup(
            smtp={"host": mails.host, "port": mails.port, "security": "none", "username": "shop"}
        )
        stage.tell(stage.member(), Kind.points_spent, {"points": 1})
        stage.send()
        assert problems(stage) == ["mail-failing"]
        stage.database.write(
            lambda conn: keep_secret(
                conn,
                stage.store.id,
                SMTP_PASSWORD,
                "gizli şifre",
                cipher=stage.outbound.cipher,
                now=stage.clock(),
            )
        )
        stage.wait(minutes=6)
        stage.send()
        assert problems(stage) == []
        assert len(mails.mails) == 1


def test_a_server_without_the_promised_encryption_gets_nothing(
    stage: MessageStage, mails: MailServer
) -> None:
    stage.change_setup(smtp={"host": mails.host, "port": mails.port, "security": "starttls"})
    stage.tell(stage.member(), Kind.points_spent, {"points": 1})
    stage.send()
    assert mails.mails == []
    assert stage.fates() == [("points_spent", "waiting", "not_supported")]


def test_a_store_cannot_reach_into_the_operators_network(
    stage: MessageStage, mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.change_setup(smtp={"host": "localtest.example", "port": mails.port, "security": "none"})
    monkeypatch.setattr(
        "saleor_loyalty_app.messages.addresses.connect.__kwdefaults__",
        {"lookup": lambda _host, _port: ["127.0.0.1"]},
    )
    stage.tell(stage.member(), Kind.points_spent, {"points": 1})
    stage.send()
    assert mails.mails == []
    assert stage.fates() == [("points_spent", "waiting", "forbidden_address")]


def test_the_kill_switch_keeps_messages_back_and_stale_ones_are_not_sent_later(
    stage: MessageStage, mails: MailServer
) -> None:
    store = table(Store)

    def switch(on: bool) -> None:
        stage.database.write(lambda conn: conn.execute(sa.update(store).values(messages_on=on)))

    member = stage.member()
    switch(False)
    stage.tell(member, Kind.points_spent, {"points": 1}, key="old")
    stage.send()
    assert mails.mails == []
    stage.wait(days=4)
    stage.tell(member, Kind.points_spent, {"points": 2}, key="new")
    switch(True)
    stage.send()
    assert [mail["Subject"] for mail in mails.mails] == ["2 yıldız harcadınız"]
    assert stage.fates()[0] == ("points_spent", "skipped", "stale")


def test_both_addresses_hear_of_the_change(stage: MessageStage, mails: MailServer) -> None:
    member = stage.member("old@example.com")
    stage.database.write(
        lambda conn: conn.execute(
            sa.text("UPDATE member_identity SET email='new@example.com', "
                    "previous_email='old@example.com'")
        )
    )  # fmt: skip
    stage.tell(member, Kind.email_changed, {"spending_from": "2027-01-06T09:00:00+00:00"})
    stage.send()
    assert sorted(mail["To"] for mail in mails.mails) == ["new@example.com", "old@example.com"]
    assert "6 Ocak 2027" in part(mails.mails[0], "plain")


def test_a_link_to_sign_in_is_forgotten_once_it_was_sent(
    stage: MessageStage, mails: MailServer
) -> None:
    link = "https://loyalty.example.com/rewards/shop/in/secret-token"
    stage.tell(stage.member(), Kind.sign_in_link, {"link": link, "minutes": 15})
    stage.send()
    assert link in part(mails.mails[0], "plain")
    assert [row.data for row in rows_of(stage.database, OutboxMessage)] == [{}]


def test_every_mailed_kind_has_texts_that_can_be_sent(
    stage: MessageStage, mails: MailServer
) -> None:
    member = stage.member("en@example.com", "en", "")
    stage.agree(member)
    stage.earn(member, 50, expires_at=stage.clock() + timedelta(days=33))
    stage.change_setup(weekly_cap=20, switched_off=[])
    # These say nothing without lots, a redemption or a campaign; their previews have them.
    skipped = {Kind.points_expiring, Kind.points_expiring_soon, Kind.reward_code}
    skipped |= {Kind.reward_issued, Kind.reward_expiring, Kind.campaign}
    kinds = [kind for kind in Kind if KINDS[kind].mailed and kind not in skipped]
    data = {"points": 1, "order": "7", "spending_from": "2027-01-06T09:00:00+00:00"}
    for kind in kinds:
        stage.tell(member, kind, data | STATEMENT | {"title": "News", "body": "Text"})
    stage.send()
    assert len(mails.mails) == len(kinds)
    for mail in mails.mails:
        text = part(mail, "plain")
        assert "{" not in text
        assert "Hello," in text.splitlines()
        assert mail["Subject"].strip()
    marketing = [kind for kind in kinds if KINDS[kind].message_class is MessageClass.marketing]
    assert len([mail for mail in mails.mails if mail["List-Unsubscribe"]]) == len(marketing)
