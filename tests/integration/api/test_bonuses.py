"""Shoppers tell their birthday and answer questions over the storefront API; staff see both."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.saleor.event import UserSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.order_books import KEYS
from tests.program_samples import PURCHASES, program_of, rule_of

USER = "VXNlcjo1"


@pytest.fixture
def asking(edge: ApiEdge, store: StoreRef) -> StoreRef:
    """A store that asks for birthday and size, and pays for both; Ayşe is its member."""
    program = program_of(
        PURCHASES,
        rule_of({"type": "points", "points": 50}, "birthday", trigger="birthday"),
        rule_of({"type": "points", "points": 20}, "size", trigger="question_answered", on=["size"]),
        bonuses={
            "birthdays": {"asked": True},
            "questions": [
                {
                    "id": "size",
                    "text": {"en": "Which size?", "tr": "Kaç beden?"},
                    "kind": "choice",
                    "options": [
                        {"id": one, "label": {"en": one.upper()}} for one in ("small", "large")
                    ],
                }
            ],
        },
    )
    user = UserSnapshot(id=USER, email="ayse@example.com", is_confirmed=True)

    def write(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, program, by="user:1", now=edge.clock())
        customer_seen(conn, store, user, keys=KEYS, now=edge.clock())

    edge.database.write(write)
    return store


def ask(
    edge: ApiEdge,
    store: StoreRef,
    method: str,
    path: str,
    body: object = None,
    language: str = "en",
) -> httpx.Response:
    headers = edge.shopper(store) | {"Accept-Language": language}
    return edge.send(method, f"/api/storefront/v1/me/{path}", headers, body)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_birthday_is_told_put_right_once_and_deleted(edge: ApiEdge, asking: StoreRef) -> None:
    page = ask(edge, asking, "GET", "birthday").json()
    assert (page["asked"], page["birthday"], page["brings"]) == (True, None, 50)
    assert code(ask(edge, asking, "PUT", "birthday", {"month": 2, "day": 30})) == (
        400,
        "birthday_impossible",
    )
    for day in (28, 29):
        page = ask(edge, asking, "PUT", "birthday", {"month": 2, "day": day}).json()
    assert (page["birthday"], page["next_on"]) == ({"month": 2, "day": 29}, "2027-02-28")
    assert page["changeable_from"] is not None
    assert code(ask(edge, asking, "PUT", "birthday", {"month": 3, "day": 1})) == (
        409,
        "birthday_changed_lately",
    )
    assert ask(edge, asking, "DELETE", "birthday").json()["birthday"] is None


def test_the_first_answer_brings_points_and_can_be_deleted(edge: ApiEdge, asking: StoreRef) -> None:
    [question] = ask(edge, asking, "GET", "questions", language="tr").json()["questions"]
    assert (question["text"], question["brings"], question["answer"]) == ("Kaç beden?", 20, None)
    assert code(ask(edge, asking, "PUT", "questions/size", {"answer": "huge"})) == (
        400,
        "answer_unfit",
    )
    assert code(ask(edge, asking, "PUT", "questions/color", {"answer": "red"})) == (
        404,
        "question_unknown",
    )
    given = [
        ask(edge, asking, "PUT", "questions/size", {"answer": one}).json()["given"]
        for one in ("small", "large")
    ]
    assert given == [20, 0]
    [question] = ask(edge, asking, "DELETE", "questions/size").json()["questions"]
    assert (question["answer"], question["brings"]) == (None, 0)
    assert ask(edge, asking, "PUT", "questions/size", {"answer": "small"}).json()["given"] == 0
    lately = edge.send("GET", "/api/dashboard/v1/bonuses", edge.staff(asking)).json()
    assert {"kind": "question_answered", "times": 1, "points": 20} in lately["given"]
    chosen = [{"option": "small", "count": 1}]
    assert lately["answers"] == [{"question": "size", "count": 1, "options": chosen}]


GIVES = {"type": "issue_reward", "reward": "mug"}
LINE = {"line": {"type": "orders", "min": 3}}


def test_what_none_is_left_of_is_not_promised_without_a_word(
    edge: ApiEdge, store: StoreRef, asking: StoreRef
) -> None:
    def offer(**values: object) -> None:
        mug = {
            "id": "mug",
            "names": {"en": "A mug", "tr": "Kupa"},
            "gift": {"type": "custom"},
            "points": 500,
            "channels": [{"channel": "channel-tr", "currency": "TRY"}],
        }
        program = program_of(
            PURCHASES,
            rule_of(GIVES, "birthday", trigger="birthday"),
            rule_of(GIVES, "size", trigger="question_answered", on=["size"]),
            rule_of(GIVES, "line", trigger="milestone", milestone=LINE),
            bonuses={
                "birthdays": {"asked": True},
                "questions": [{"id": "size", "text": {"en": "Which size?"}, "kind": "text"}],
            },
            rewards={"items": [mug | values]},
        )
        edge.clock.advance(timedelta(seconds=1))
        edge.database.write(
            lambda conn: publish(conn, store, program, by="user:1", now=edge.clock())
        )

    def told(language: str) -> list[list[object]]:
        birthday = ask(edge, store, "GET", "birthday", language=language).json()
        [question] = ask(edge, store, "GET", "questions", language=language).json()["questions"]
        [line] = ask(edge, store, "GET", "milestones", language=language).json()["milestones"]
        alone = (
            []
            if line["not_now"] is None
            else [{"reward": line["reward"], "reason": line["not_now"]}]
        )
        return [birthday["not_now"], question["not_now"], alone]

    offer()
    assert told("en") == [[], [], []]
    offer(stock=0)
    why = {"code": "reward_gone", "message": "Sonuncusu alındı.", "detail": {"reward": "mug"}}
    assert told("tr") == [[{"reward": "Kupa", "reason": why}]] * 3
    birthday = ask(edge, store, "GET", "birthday").json()
    assert birthday["rewards"] == ["A mug"], "it comes once there are more"
    tomorrow = edge.clock() + timedelta(days=1)
    born = {"month": tomorrow.month, "day": tomorrow.day}
    offer(active_from=f"{tomorrow:%Y-%m-%d}")
    assert [len(one) for one in told("en")] == [1, 1, 1]
    assert ask(edge, store, "PUT", "birthday", born).json()["not_now"] == [], "it has begun by then"
