"""Partners, the register of consents, statements, announcements, and the copy in Saleor."""

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from saleor_loyalty_app.flows import partner_hooks
from saleor_loyalty_app.flows.announce import (
    Announcement,
    AnnouncementRepeated,
    OffersOff,
    announce,
    announce_pages,
)
from saleor_loyalty_app.flows.monthly_statements import statement_page
from saleor_loyalty_app.flows.plan_messages import plan_messages
from saleor_loyalty_app.flows.send_partner_events import PartnerCourier
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.messages import consent_register, partner_deliveries
from saleor_loyalty_app.messages.errors import AddressForbidden, RegisterFileInvalid, UnknownEvent
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.messages.partner_deliveries import PATIENCE
from saleor_loyalty_app.messages.partner_webhooks import Webhook, webhook
from saleor_loyalty_app.messages.standard_webhooks import signed_headers
from saleor_loyalty_app.stores.problems import open_problems
from tests.factories import make_store
from tests.mail_server import MailServer
from tests.message_stage import MessageStage, rows_of
from tests.order_books import KEYS


class Partner:
    """A partner's server: answers `status`, or not at all."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.status == 0:
            raise httpx.ConnectError("nobody listens")
        return httpx.Response(self.status, text="answer")


@pytest.fixture
def partner() -> Partner:
    return Partner()


@pytest.fixture
def courier(stage: MessageStage, partner: Partner) -> Iterator[PartnerCourier]:
    with httpx.Client(transport=httpx.MockTransport(partner)) as http:
        outbound = type(stage.outbound)(
            stage.outbound.settings, stage.outbound.allow, http, stage.outbound.cipher
        )
        yield PartnerCourier(stage.database, outbound, stage.clock)


def listen(stage: MessageStage, *events: str) -> tuple[Webhook, str]:
    return stage.database.write(
        lambda conn: partner_hooks.add_hook(
            conn,
            stage.store,
            stage.outbound,
            url="https://partner.example/hook",
            description="",
            events=events,
            actor="user:1",
            now=stage.clock(),
        )
    )


def happen(stage: MessageStage, member: int, kind: Kind, key: str) -> None:
    stage.tell(member, kind, {"points": 5, "order": "7", "redemption": "rd_1"}, key)
    stage.database.write(lambda conn: plan_messages(conn, stage.store, now=stage.clock()))


def lines(stage: MessageStage, hook: Webhook) -> list[tuple[str, str, int, int]]:
    found = stage.database.read(
        lambda conn: partner_deliveries.log_page(conn, stage.store.id, hook.id, first=50)
    )
    return [(one.event, one.state, one.status, one.attempts) for one in found]


def test_partners_hear_what_they_asked_for_signed_and_without_anything_that_opens_anything(
    stage: MessageStage, partner: Partner, courier: PartnerCourier
) -> None:
    _, secret = listen(stage, "points.spent")
    member = stage.member()
    happen(stage, member, Kind.points_spent, "1")
    happen(stage, member, Kind.points_reversed, "2")
    happen(stage, member, Kind.sign_in_link, "3")
    happen(stage, member, Kind.points_spent, "1")
    courier.send_page(stage.store)
    [request] = partner.asked
    body = json.loads(request.content)
    assert body == {
        "type": "points.spent",
        "timestamp": stage.clock().isoformat(),
        "data": {
            "member": {"id": member, "user_id": "user:ayse@example.com"},
            "points": 5,
            "order": "7",
            "redemption": "rd_1",
        },
    }
    expected = signed_headers(
        secret, request.headers["webhook-id"], request.content.decode(), stage.clock()
    )
    assert request.headers["webhook-signature"] == expected["webhook-signature"]


def test_what_a_partner_did_not_take_is_tried_again_and_can_be_replayed(
    stage: MessageStage, partner: Partner, courier: PartnerCourier
) -> None:
    hook, _ = listen(stage)
    happen(stage, stage.member(), Kind.points_spent, "1")
    partner.status = 503
    courier.send_page(stage.store)
    courier.send_page(stage.store)
    assert len(partner.asked) == 1
    partner.status = 0
    stage.wait(seconds=6)
    courier.send_page(stage.store)
    assert lines(stage, hook) == [("points.spent", "waiting", 0, 2)]
    partner.status = 204
    stage.wait(minutes=6)
    courier.send_page(stage.store)
    assert lines(stage, hook) == [("points.spent", "sent", 204, 3)]
    stage.database.write(
        lambda conn: partner_deliveries.replay(conn, stage.store.id, hook.id, 1, stage.clock())
    )
    courier.send_page(stage.store)
    assert len({request.headers["webhook-id"] for request in partner.asked}) == 1
    assert len({request.headers["webhook-timestamp"] for request in partner.asked}) == 3


@pytest.mark.parametrize(("status", "days", "why"), [(410, 0.0, "gone"), (500, 5.1, "failing")])
def test_a_webhook_that_takes_nothing_is_switched_off_and_told_of(
    stage: MessageStage, partner: Partner, courier: PartnerCourier,
    status: int, days: float, why: str,
) -> None:  # fmt: skip
    hook, _ = listen(stage)
    member = stage.member()
    partner.status = status
    happen(stage, member, Kind.points_spent, "1")
    courier.send_page(stage.store)
    stage.wait(days=days)
    happen(stage, member, Kind.points_spent, "2")
    courier.send_page(stage.store)
    found = stage.database.read(lambda conn: webhook(conn, stage.store.id, hook.id))
    assert (found.active, found.off_because) == (False, why)
    problems = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
    assert [problem.key for problem in problems] == [f"webhook-off:{hook.id}"]
    asked = len(partner.asked)
    stage.wait(days=1)
    courier.send_page(stage.store)
    assert len(partner.asked) == asked
    assert timedelta(days=5) == PATIENCE


def test_webhooks_lead_out_and_want_events_that_exist(stage: MessageStage) -> None:
    with pytest.raises(UnknownEvent):
        listen(stage, "points.stolen")
    with pytest.raises(AddressForbidden):
        stage.database.write(
            lambda conn: partner_hooks.add_hook(
                conn, stage.store, stage.outbound, url="https://10.0.0.1/", description="",
                events=(), actor="user:1", now=stage.clock(),
            )
        )  # fmt: skip


def test_the_register_is_told_of_each_change_once_and_its_refusals_end_consents(
    stage: MessageStage,
) -> None:
    ayse, john = stage.member("ayse@example.com"), stage.member("john@example.com")
    stage.agree(ayse)
    stage.database.write(
        lambda conn: consents.grant(
            conn, stage.store.id, john, Channel.sms, source="storefront", text_version="1",
            phone="0532 123 45 67", now=stage.clock(),
        )
    )  # fmt: skip

    def exported() -> list[str]:
        return stage.database.read(lambda conn: list(consent_register.export(conn, stage.store.id)))

    header, first, second = exported()
    assert header.strip() == "recipient,recipientType,type,status,source,consentDate,id"
    assert first.strip() == "ayse@example.com,BIREYSEL,EPOSTA,ONAY,HS_WEB,2027-01-04 12:00:00,1"
    assert second.strip() == "+905321234567,BIREYSEL,MESAJ,ONAY,HS_WEB,2027-01-04 12:00:00,2"
    waiting = stage.database.read(lambda conn: consent_register.unreported(conn, stage.store.id))
    assert (waiting.count, waiting.deadline) == (2, consent_register.deadline_of(stage.clock()))
    stage.database.write(
        lambda conn: consent_register.mark_reported(conn, stage.store.id, 2, stage.clock())
    )
    assert len(exported()) == 1
    file = (
        "\ufeffrecipient;type;status\n AYSE@example.com ;EPOSTA;RET\n+90 532 123 45 67;mesaj;ret\n"
        "nobody@example.com;EPOSTA;RET\njohn@example.com;EPOSTA;ONAY\n;;\n+902125554433;ARAMA;RET\n"
    )
    taken = stage.database.write(
        lambda conn: consent_register.import_refusals(
            conn, stage.store.id, file, keys=KEYS, now=stage.clock()
        )
    )
    assert (taken.refused, taken.known, taken.unknown) == (3, 2, 1)
    states = stage.database.read(
        lambda conn: consents.states_of(conn, stage.store.id, [ayse, john])
    )
    assert not states[ayse][Channel.email].granted
    assert states[john][Channel.sms].source == "iys"
    assert len(exported()) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("nothing", 1),
        ("recipient,type\na,EPOSTA\n", 1),
        ("recipient,type,status\na@example.com,EPOSTA,RET\nb@example.com,EPOSTA\n", 3),
        ("recipient,type,status\na@example.com,EPOSTA,MAYBE\n", 2),
        ('recipient,type,status\n"' + "x" * 200_000 + "\n", 2),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    stage: MessageStage, file: str, line: int
) -> None:
    member = stage.member("a@example.com")
    stage.agree(member)
    with pytest.raises(RegisterFileInvalid) as refused:
        stage.database.write(
            lambda conn: consent_register.import_refusals(
                conn, stage.store.id, file, keys=KEYS, now=stage.clock()
            )
        )
    assert refused.value.detail == {"line": line}
    states = stage.database.read(lambda conn: consents.states(conn, stage.store.id, member))
    assert states[Channel.email].granted


def test_another_stores_people_are_not_in_the_register_of_this_one(stage: MessageStage) -> None:
    stage.agree(stage.member())
    other = stage.database.write(lambda conn: make_store(conn).id)
    assert stage.database.read(lambda conn: len(list(consent_register.export(conn, other)))) == 1


def test_statements_tell_who_agreed_of_the_month_before_once(
    stage: MessageStage, mails: MailServer
) -> None:
    agreed, silent, still = (stage.member(f"{name}@example.com") for name in "abc")
    for member in (agreed, silent):
        stage.earn(member, 50)
    stage.agree(agreed)
    stage.agree(still)
    stage.wait(days=28, hours=1)

    def tell() -> None:
        now = stage.clock()
        stage.database.write(lambda conn: statement_page(conn, stage.store, after=0, now=now))
        stage.send()

    tell()
    assert mails.mails == []
    stage.change_setup(switched_off=[])
    tell()
    tell()
    [mail] = mails.mails
    assert (mail["To"], mail["Subject"]) == ("a@example.com", "Ocak 2027 puan özetiniz")
    stage.wait(days=10)
    tell()
    assert len(mails.mails) == 1


def test_an_announcement_reaches_who_agreed_in_their_language_and_once(
    stage: MessageStage, mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Announcement] = []
    monkeypatch.setattr(
        "saleor_loyalty_app.flows.announce.enqueue",
        lambda _conn, _job, wish, *, dedup_key: begun.append(wish),
    )
    for email, language in (("tr@example.com", "tr"), ("en@example.com", "en")):
        stage.agree(stage.member(email, language))
    stage.member("silent@example.com")
    titles, bodies = {"tr": "Yenilik", "en": "News"}, {"tr": "Metin", "en": "{{ points }} <b>"}

    def make() -> None:
        stage.database.write(
            lambda conn: announce(
                conn, stage.store, titles, bodies, "", actor="user:1", now=stage.clock()
            )
        )

    stage.change_setup(switched_off=["announcement"])
    with pytest.raises(OffersOff):
        make()
    stage.change_setup(switched_off=[])
    make()
    with pytest.raises(AnnouncementRepeated):
        make()
    [wish] = begun
    announce_pages(stage.database, wish, clock=stage.clock)
    announce_pages(stage.database, wish, clock=stage.clock)
    stage.send()
    assert sorted((mail["To"], mail["Subject"]) for mail in mails.mails) == [
        ("en@example.com", "News"),
        ("tr@example.com", "Yenilik"),
    ]
    [english] = mails.sent_to("en@example.com")
    assert "{{ points }} <b>" in english.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_nothing_is_told_twice_by_the_outbox(stage: MessageStage) -> None:
    member = stage.member()
    for _ in range(3):
        happen(stage, member, Kind.points_spent, "same")
    assert len(rows_of(stage.database, OutboxMessage)) == 1
