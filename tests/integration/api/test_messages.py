"""The API of messages: secrets stay inside, two editors do not overwrite, tests go to who asks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.plan_messages import plan_messages
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.messages import deliveries
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.outbox import tell
from saleor_loyalty_app.messages.setup import SMTP_PASSWORD
from saleor_loyalty_app.messages.unsubscribe import Goodbye
from saleor_loyalty_app.stores.kept_secrets import secret_of
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.staff_actions import page as actions
from tests.api_edge import ApiEdge
from tests.factories import make_member
from tests.mail_server import mail_server, part
from tests.signing import SigningKey

API = "/api/dashboard/v1/messages"
AGENT = ["MANAGE_ORDERS", "MANAGE_USERS", "MANAGE_DISCOUNTS"]


@pytest.fixture
def edge(sqlite_url: str, clock: ManualClock, key: SigningKey) -> Iterator[ApiEdge]:
    """The faces on SQLite: what is asked of the database is tested on both elsewhere."""
    database = open_database(sqlite_url, pool_size=2)
    made = ApiEdge(database, clock, key)
    yield made
    made.close()
    database.close()


def ask(
    edge: ApiEdge, store: StoreRef, method: str, path: str, body: object = None, **staff: object
) -> httpx.Response:
    return edge.send(method, f"{API}{path}", edge.staff(store, **staff), body)


def settings(edge: ApiEdge, store: StoreRef) -> dict[str, Any]:
    answer = ask(edge, store, "GET", "/settings")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def change(edge: ApiEdge, store: StoreRef, version: int, **parts: Any) -> httpx.Response:
    names = ["smtp_password", "sms_secret"]
    secrets = {name: parts.pop(name) for name in names if name in parts}
    known = settings(edge, store)["settings"]
    body: dict[str, Any] = {"version": version, "settings": known | parts, **secrets}
    return ask(edge, store, "PUT", "/settings", body)


SMTP = {"host": "smtp.example.com", "port": 587, "security": "starttls", "username": "shop"}
SENDER = {"address": "points@shop.example", "name": "Shop", "reply_to": ""}


def test_a_password_goes_in_and_never_comes_out(edge: ApiEdge, store: StoreRef) -> None:
    assert settings(edge, store)["sent_by"] == "nobody"
    answer = change(edge, store, 0, smtp=SMTP, sender=SENDER, smtp_password="hunter22")
    assert answer.status_code == 200
    assert answer.json()["sent_by"] == "store"
    assert [one["name"] for one in answer.json()["secrets"]] == [SMTP_PASSWORD]
    assert "hunter22" not in answer.text + ask(edge, store, "GET", "/settings").text
    noted = edge.database.read(lambda conn: actions(conn, store.id, 10, None))
    assert "hunter22" not in repr(noted)

    def kept() -> str:
        return edge.database.read(
            lambda conn: secret_of(conn, store.id, SMTP_PASSWORD, cipher=edge.cipher)
        )

    assert kept() == "hunter22"
    assert change(edge, store, 1, weekly_cap=3).json()["settings"]["weekly_cap"] == 3
    assert kept() == "hunter22"
    moved = SMTP | {"host": "smtp.elsewhere.example"}
    assert change(edge, store, 2, smtp=moved).status_code == 200
    assert kept() == ""


def test_two_editors_do_not_overwrite_each_other(edge: ApiEdge, store: StoreRef) -> None:
    assert change(edge, store, 0, weekly_cap=3).status_code == 200
    for version in (0, 7):
        late = change(edge, store, version, weekly_cap=5)
        assert (late.status_code, late.json()["error"]["code"]) == (409, "message_settings_changed")
    words = {"subject": "Merhaba", "body": "Metin"}
    text = {"version": 0, "words": words}
    assert ask(edge, store, "PUT", "/texts/welcome/tr", text).json()["version"] == 1
    assert ask(edge, store, "PUT", "/texts/welcome/tr", text).status_code == 409


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"smtp": SMTP | {"port": 22}}, "address_forbidden"),
        ({"smtp": SMTP | {"security": "none"}}, "address_forbidden"),
        ({"sms": {"url": "http://sms.example/{phone}{text}"}}, "address_forbidden"),
        ({"sms": {"url": "https://{phone}.example/{text}"}}, "gateway_invalid"),
        ({"sms": {"url": "https://sms.example/", "body": "{}"}}, "gateway_invalid"),
        ({"sms": {"url": "https://sms.example/", "body": "{phone}{text}"}}, "gateway_invalid"),
    ],
)
def test_servers_that_may_not_be_called_are_refused(
    edge: ApiEdge, store: StoreRef, parts: dict[str, Any], code: str
) -> None:
    answer = change(edge, store, 0, **parts)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert settings(edge, store)["version"] == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/settings"), ("GET", "/texts/welcome/tr"), ("GET", "/webhooks"),
        ("GET", "/consents/export"), ("DELETE", "/texts/welcome/tr"),
    ],
)  # fmt: skip
def test_a_support_agent_sees_the_log_and_none_of_the_settings(
    edge: ApiEdge, store: StoreRef, method: str, path: str
) -> None:
    rights = {"permissions": AGENT, "user_permissions": AGENT}
    assert ask(edge, store, method, path, **rights).status_code == 403
    assert ask(edge, store, "GET", "/log", **rights).status_code == 200


def test_a_text_is_previewed_before_it_is_stored(edge: ApiEdge, store: StoreRef) -> None:
    shown = ask(edge, store, "POST", "/preview", {"kind": "points_earned", "language": "tr"}).json()
    assert shown["subject"] == "120 puan kazandınız"
    words = {"subject": "{{ points }} <geldi>", "body": "Sipariş {{ order }}"}
    body = {"kind": "points_earned", "language": "tr", "words": words}
    own = ask(edge, store, "POST", "/preview", body).json()
    assert own["subject"] == "120 puan <geldi>"
    assert "Sipariş 1042" in own["text"]
    assert "<geldi>" not in own["html"]
    body["words"] = {"subject": "x", "body": "{{ points.__class__ }}"}
    refused = ask(edge, store, "POST", "/preview", body)
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "message_text_invalid"
    assert refused.json()["error"]["detail"]["problems"][0]["field"] == "body"


def test_a_test_mail_goes_to_the_address_of_who_asks(edge: ApiEdge, store: StoreRef) -> None:
    missing = ask(edge, store, "POST", "/test-mail", {})
    assert (missing.status_code, missing.json()["error"]["code"]) == (409, "mail_not_set_up")
    with mail_server() as mails:
        smtp = {"host": mails.host, "port": mails.port, "security": "none", "username": ""}
        assert change(edge, store, 0, smtp=smtp, sender=SENDER).status_code == 200
        body = {"kind": "monthly_statement", "language": "tr"}
        sent = ask(edge, store, "POST", "/test-mail", body, email="owner@example.com")
        assert sent.json() == {"sent_to": "owner@example.com"}
        assert "deneme e-postası" in part(mails.sent_to("owner@example.com")[0], "plain")
        mails.data_answer = "554 5.7.1 not from here"
        refused = ask(edge, store, "POST", "/test-mail", {}, email="owner@example.com")
    assert (refused.status_code, refused.json()["error"]["code"]) == (502, "mail_refused")
    assert "not from here" in refused.json()["error"]["message"]


def test_a_webhooks_secret_is_shown_once_and_strangers_webhooks_are_not_there(
    edge: ApiEdge, store: StoreRef
) -> None:
    body = {"url": "https://partner.example/hook", "events": ["points.earned"]}
    made = ask(edge, store, "POST", "/webhooks", body)
    assert made.status_code == 201
    hook, secret = made.json()["id"], made.json()["secret"]
    assert secret.startswith("whsec_")
    assert ask(edge, store, "GET", "/webhooks").json()["items"][0]["secret"] is None
    fresh = ask(edge, store, "POST", f"/webhooks/{hook}/secret").json()["secret"]
    assert fresh != secret
    assert ask(edge, store, "POST", f"/webhooks/{hook}/test").status_code == 200
    log = ask(edge, store, "GET", f"/webhooks/{hook}/deliveries").json()["items"]
    assert [(one["event"], one["state"]) for one in log] == [("test", "waiting")]
    other = edge.store()
    for method, path, sent in (
        ("PUT", f"/webhooks/{hook}", body),
        ("DELETE", f"/webhooks/{hook}", None),
        ("GET", f"/webhooks/{hook}/deliveries", None),
        ("POST", f"/webhooks/{hook}/deliveries/{log[0]['id']}/replay", None),
        ("GET", "/webhooks/bm90aGluZw/deliveries", None),
    ):
        assert ask(edge, other, method, path, sent).status_code == 404, path
    assert ask(edge, store, "DELETE", f"/webhooks/{hook}").status_code == 200
    assert ask(edge, store, "GET", "/webhooks").json()["items"] == []


def test_the_link_in_an_offer_ends_offers_by_a_post_and_only_asks_by_a_get(
    edge: ApiEdge, store: StoreRef
) -> None:
    member = edge.database.write(lambda conn: make_member(conn, store.id))
    edge.database.write(
        lambda conn: consents.grant(
            conn, store.id, member, Channel.email, source="s", text_version="1", now=edge.clock()
        )
    )

    def granted() -> bool:
        states = edge.database.read(lambda conn: consents.states(conn, store.id, member))
        return states[Channel.email].granted

    outbound = edge.app.state.faces.outbound
    link = outbound.unsubscribe_url(Goodbye(store.id, member, Channel.email))
    path = "/unsubscribe/" + link.rpartition("/")[2]
    turkish = {"Accept-Language": "tr"}
    asked = edge.get(path, turkish)
    assert asked.status_code == 200
    assert "Kampanya mesajı istemiyorum" in asked.text
    assert granted()
    for _ in range(2):
        done = edge.send_form(path, turkish, "List-Unsubscribe=One-Click")
        assert done.status_code == 200
        assert "Artık kampanya e-postası almayacaksınız." in done.text
    assert not granted()
    assert edge.get(path[:-3]).status_code == 400


def test_the_log_is_paged_filtered_and_names_no_addresses(edge: ApiEdge, store: StoreRef) -> None:
    member = edge.database.write(lambda conn: make_member(conn, store.id))
    now = edge.clock()

    def happen(conn: sa.Connection) -> None:
        for number in range(3):
            data = {"points": number}
            tell(conn, store.id, member, Kind.points_spent, data, key=str(number), now=now)

    edge.database.write(happen)
    edge.database.write(lambda conn: plan_messages(conn, store, now=edge.clock()))
    first = ask(edge, store, "GET", "/log?first=2&kind=points_spent&state=waiting").json()
    rest = ask(edge, store, "GET", f"/log?first=2&after={first['next']}").json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
    assert first["items"][0]["kind_name"] == "Points spent"
    assert "@" not in str(first)
    assert ask(edge, store, "GET", "/log?state=sent").json()["items"] == []
    assert ask(edge, edge.store(), "GET", "/log").json()["items"] == []


def test_what_failed_is_sent_once_more_while_it_is_in_time_and_nothing_else_is(
    edge: ApiEdge, store: StoreRef, clock: ManualClock
) -> None:
    def tell_two(conn: sa.Connection) -> None:
        member = make_member(conn, store.id)
        for kind in (Kind.welcome, Kind.points_available):
            tell(conn, store.id, member, kind, {"points": 5}, key=kind.value, now=edge.clock())
        plan_messages(conn, store, now=edge.clock())

    def end(number: int, state: str) -> None:
        edge.database.write(
            lambda conn: deliveries.finish(
                conn, number, state, why="refused", answer="550", attempts=3, now=edge.clock()
            )
        )

    def log() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = ask(edge, store, "GET", "/log").json()["items"]
        return found

    edge.database.write(tell_two)
    lines = edge.database.read(lambda conn: deliveries.log_page(conn, store.id, first=9))
    for line, state in zip(lines, ("failed", "sent"), strict=True):
        end(line.id, state)
    failed, sent = log()
    assert (failed["repeatable"], sent["repeatable"]) == (True, False)
    again = ask(edge, store, "POST", f"/log/{failed['id']}/replay")
    assert again.json() == {"id": failed["id"]}
    assert (log()[0]["state"], log()[0]["attempts"]) == ("waiting", 0)
    for one in (failed, sent):
        refused = ask(edge, store, "POST", f"/log/{one['id']}/replay")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "message_over")
    assert ask(edge, store, "POST", "/log/nothing/replay").status_code == 404
    assert ask(edge, edge.store(), "POST", f"/log/{failed['id']}/replay").status_code == 404
    end(lines[0].id, "failed")
    clock.advance(timedelta(days=4))
    assert ask(edge, store, "POST", f"/log/{failed['id']}/replay").status_code == 409
