"""Rewards over the API: shoppers see, take and give them back; staff hand over and count."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.redemption_news import note_checkout
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.rewards.claims import accesses_of
from saleor_loyalty_app.saleor.checkout_event import CheckoutNews, CheckoutUser
from tests.claim_stage import item_of, offer
from tests.integration.api.spending_scene import SpendingScene, told
from tests.redemption_stage import OTHER, SHOPPER
from tests.signing import SigningKey

ME = "/api/storefront/v1/me"
DESK = "/api/dashboard/v1/rewards"
MUG = item_of("custom", 800, id="mug", names={"en": "A mug", "tr": "Bir kupa"}, worth="12", stock=3)
FIVE = item_of("amount", 500, id="five", amount="5", stock=2, limit={"times": 1, "period": "month"})


@pytest.fixture
def shop(sqlite_url: str, key: SigningKey) -> Iterator[SpendingScene]:
    """A shop with rewards; its shopper has 2000 points."""
    database = open_database(sqlite_url, pool_size=2)
    scene = SpendingScene(database, key, limits={})
    scene.stage.give(2000)
    offer(
        scene.stage,
        FIVE,
        MUG,
        item_of("shipping", 5000, id="post"),
        item_of({"type": "invitation", "notes": {"en": "8 pm"}}, 100, id="show"),
        item_of("amount", 10, id="gold", amount="1", who={"tiers": ["gold"]}),
    )
    yield scene
    scene.close()
    database.close()


def ask(
    shop: SpendingScene,
    method: str,
    path: str,
    body: object = None,
    *,
    key: str = "",
    language: str = "en",
    **who: str,
) -> httpx.Response:
    headers = shop.headers(**who) | {"Accept-Language": language}
    if key:
        headers |= {"Idempotency-Key": key}
    return shop.edge.send(method, f"{ME}/{path}", headers, body)


def catalog(shop: SpendingScene, language: str = "en") -> dict[str, dict[str, Any]]:
    answer = ask(shop, "GET", "rewards?channel=default-channel", language=language)
    assert answer.status_code == 200, answer.text
    return {one["id"]: one for one in answer.json()["rewards"]}


def take(shop: SpendingScene, reward: str, key: str = "k", **who: str) -> httpx.Response:
    body = {"channel": "default-channel"}
    return ask(shop, "POST", f"rewards/{reward}/claims", body, key=key, **who)


def desk(shop: SpendingScene, method: str, path: str, body: object = None) -> httpx.Response:
    return shop.edge.send(method, f"{DESK}{path}", shop.edge.staff(shop.stage.store), body)


def test_the_catalog_tells_what_can_be_taken_and_why_the_rest_cannot(shop: SpendingScene) -> None:
    rewards = catalog(shop)
    assert [*rewards] == ["five", "mug", "post", "show", "gold"]
    assert (rewards["five"]["can_take"], rewards["five"]["gives"]) == (True, "$5.00 off the goods")
    assert rewards["post"]["missing_points"] == 3000
    reasons = {name: (one["reason"] or {}).get("code") for name, one in rewards.items()}
    assert reasons == {
        "five": None,
        "mug": None,
        "post": "not_enough_points",
        "show": None,
        "gold": "reward_for_tier",
    }
    assert catalog(shop, "tr")["mug"]["name"] == "Bir kupa"
    assert told(ask(shop, "GET", "rewards?channel=nowhere")) == (400, "channel_unknown")


def test_a_code_is_taken_shown_and_given_back(shop: SpendingScene) -> None:
    answer = take(shop, "five")
    claim = answer.json()
    assert (answer.status_code, claim["state"], claim["can_cancel"]) == (201, "ready", True)
    assert claim["code"] in shop.stage.box.store.voucher_codes
    assert take(shop, "five").json()["id"] == claim["id"]
    assert told(take(shop, "five", "another")) == (409, "reward_limit")
    assert catalog(shop)["five"]["left"] == 1
    page = ask(shop, "GET", "claims").json()
    assert [one["id"] for one in page["claims"]] == [claim["id"]]
    mine = f"claims/{claim['id']}"
    assert ask(shop, "GET", mine).json()["code"] == claim["code"]
    for method in ("GET", "DELETE"):
        assert told(ask(shop, method, mine, email=OTHER)) == (404, "redemption_unknown")
    for _ in range(2):
        gone = ask(shop, "DELETE", mine).json()
        assert (gone["state"], gone["code"]) == ("canceled", None)
    assert (shop.stage.points(), catalog(shop)["five"]["left"]) == ((2000, 0), 2)


def test_what_is_open_is_not_pushed_out_by_what_is_over(shop: SpendingScene) -> None:
    shop.stage.give(1000)
    first, mug = take(shop, "five").json()["id"], take(shop, "mug", "m").json()["id"]
    show, over = take(shop, "show", "s").json()["id"], take(shop, "mug", "n").json()["id"]
    ask(shop, "DELETE", f"claims/{over}")
    page = ask(shop, "GET", "claims?open=true&first=2").json()
    rest = ask(shop, "GET", f"claims?open=true&after={page['page_info']['end_cursor']}").json()
    assert [one["id"] for one in page["claims"] + rest["claims"]] == [show, mug, first]
    assert ask(shop, "GET", "claims?first=1").json()["claims"][0]["id"] == over
    [code] = rest["claims"]
    assert code["valid_on"] == code["valid_until"][:10]
    desk(shop, "POST", f"/claims/{mug}/moves", {"to": "handed_over", "note": ""})
    left = ask(shop, "GET", "claims?open=true").json()["claims"]
    assert [one["id"] for one in left] == [show, first]


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"codes_blocked": True}, {"five": None, "mug": "codes", "show": "codes"}),
        ({"state": "left"}, dict.fromkeys(("five", "mug", "show"), "left")),
    ],
    ids=["no codes", "not in the program any more"],
)
def test_the_catalog_and_a_claim_refuse_for_the_same_reason(
    shop: SpendingScene, values: dict[str, Any], reasons: dict[str, str | None]
) -> None:
    with shop.stage.database.engine.begin() as conn:
        conn.execute(sa.update(table(Member)).values(values))
    rewards = catalog(shop)
    assert rewards["five"]["only_in_cart"] is ("codes_blocked" in values)
    for reward, reason in reasons.items():
        seen = rewards[reward]["reason"]
        assert (None if seen is None else seen["detail"]["reason"]) == reason
        refused = take(shop, reward, reward).json()["error"]
        assert (refused["code"], refused["detail"]) == (
            "spending_blocked", {"reason": reason or "codes"},
        )  # fmt: skip


def test_who_was_merged_sees_uses_and_gives_up_what_either_account_took(
    shop: SpendingScene,
) -> None:
    stage = shop.stage
    code, mug = take(shop, "five").json(), take(shop, "mug", "m").json()
    with stage.database.engine.begin() as conn:
        conn.execute(
            sa.update(table(Member))
            .where(table(Member).c.id == stage.members[SHOPPER])
            .values(merged_into=stage.members[OTHER])
        )
    listed = ask(shop, "GET", "claims?open=true", email=OTHER).json()["claims"]
    assert [one["id"] for one in listed] == [mug["id"], code["id"]]
    mine = f"claims/{mug['id']}"
    assert ask(shop, "GET", mine, email=OTHER).json()["can_cancel"] is True
    gone = ask(shop, "DELETE", mine, email=OTHER)
    assert (gone.status_code, gone.json()["state"]) == (200, "canceled")
    cart, user = stage.cart(email=OTHER), CheckoutUser(id=stage.users[OTHER])
    stage.put_code(cart, code["code"])
    told_of = CheckoutNews(id=cart, voucher_code=code["code"], user=user)
    for _ in range(2):
        stage.database.write(lambda conn: note_checkout(conn, stage.store, told_of, now=stage.now))
        stage.sweep()
    assert ask(shop, "GET", f"claims/{code['id']}", email=OTHER).json()["state"] == "in_cart"
    assert stage.code_on(cart) == code["code"]


def test_points_that_were_spent_without_a_reward_are_no_claim(shop: SpendingScene) -> None:
    spent = shop.spend(shop.stage.cart()).json()["id"]
    assert told(ask(shop, "GET", f"claims/{spent}")) == (404, "redemption_unknown")
    assert ask(shop, "GET", "claims").json()["claims"] == []


def test_a_wish_for_nothing_or_for_two_places_is_refused(shop: SpendingScene) -> None:
    for body in ({}, {"channel": "default-channel", "checkout_id": "x"}):
        answer = ask(shop, "POST", "rewards/five/claims", body, key="k")
        assert told(answer) == (422, "request_invalid")
    assert told(take(shop, "no-such")) == (404, "reward_unknown")
    cart = ask(shop, "POST", "rewards/five/claims", {"checkout_id": "junk"}, key="k")
    assert told(cart) == (404, "cart_unknown")


def test_an_invitation_shows_its_note_to_who_took_it(shop: SpendingScene) -> None:
    claim = take(shop, "show").json()
    assert (claim["state"], claim["note"], claim["can_cancel"]) == ("handed_over", "8 pm", False)
    assert told(ask(shop, "DELETE", f"claims/{claim['id']}")) == (409, "redemption_consumed")


def test_staff_take_an_invitation_back_and_its_points_return(shop: SpendingScene) -> None:
    claim = take(shop, "show").json()["id"]
    assert desk(shop, "GET", "/claims").json()["items"] == []
    [line] = desk(shop, "GET", "/claims?done=true").json()["items"]
    assert (line["id"], line["state"], line["moves"]) == (claim, "handed_over", ["refused"])
    moved = desk(shop, "POST", f"/claims/{claim}/moves", {"to": "refused", "note": "Canceled."})
    assert (moved.json()["state"], moved.json()["moves"]) == ("refused", [])
    assert shop.stage.points() == (2000, 0)
    [after] = ask(shop, "GET", "claims").json()["claims"]
    assert (after["state"], after["note"]) == ("refused", None)
    assert ask(shop, "GET", "claims?open=true").json()["claims"] == []


def test_early_access_is_taken_at_once_is_open_while_it_is_good_and_can_be_taken_back(
    shop: SpendingScene,
) -> None:
    offer(shop.stage, item_of("early_access", 300, id="drop", valid_days=7), MUG)
    assert catalog(shop)["drop"]["valid_days"] == 7
    claim = take(shop, "drop").json()
    assert (claim["state"], claim["code"], claim["can_cancel"]) == ("handed_over", None, False)
    assert shop.stage.points() == (1700, 0)
    last = datetime.fromisoformat(claim["valid_until"])
    assert claim["valid_on"] == (shop.stage.now + timedelta(days=7)).date().isoformat()
    shop.stage.box.clock.advance(last - shop.stage.now - timedelta(seconds=1))
    people, store = list(shop.stage.members.values()), shop.stage.store

    def lets_in() -> frozenset[str]:
        with shop.stage.database.engine.connect() as conn:
            return accesses_of(conn, store.id, people, now=shop.stage.now)

    def shown() -> int:
        return len(ask(shop, "GET", "claims?open=true").json()["claims"])

    assert (lets_in(), shown()) == (frozenset({"drop"}), 1)
    shop.stage.box.clock.advance(timedelta(seconds=1))
    assert (lets_in(), shown()) == (frozenset(), 0)
    again = take(shop, "drop", "again").json()["id"]
    assert (lets_in(), shown()) == (frozenset({"drop"}), 1)
    desk(shop, "POST", f"/claims/{again}/moves", {"to": "refused", "note": "Wrong day."})
    assert (lets_in(), shown(), shop.stage.points()) == (frozenset(), 0, (1700, 0))


def test_staff_hand_over_with_a_note_and_the_figures_follow(shop: SpendingScene) -> None:
    first, second = (take(shop, "mug", key).json()["id"] for key in "ab")
    waiting = desk(shop, "GET", "/claims?first=1").json()
    assert [one["id"] for one in waiting["items"]] == [first]
    rest = desk(shop, "GET", f"/claims?first=1&after={waiting['next']}").json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([second], None)

    def move(claim: str, to: str, note: str = "") -> httpx.Response:
        return desk(shop, "POST", f"/claims/{claim}/moves", {"to": to, "note": note})

    assert move(first, "preparing", "Engraver asked.").json()["note"] == "Engraver asked."
    assert told(ask(shop, "DELETE", f"claims/{first}")) == (409, "claim_in_preparation")
    assert move(first, "handed_over").json()["moves"] == []
    assert told(move(first, "refused", "no")) == (409, "claim_settled")
    assert told(move(second, "refused")) == (422, "claim_note_missing")
    assert move(second, "refused", "Sold by mistake.").json()["state"] == "refused"
    shop.stage.sweep()
    assert shop.stage.points() == (1200, 0)
    [line] = [one for one in desk(shop, "GET", "").json()["rewards"] if one["id"] == "mug"]
    assert (line["claimed"], line["used"], line["open"], line["left"]) == (2, 1, 0, 2)
    assert (line["points_spent"], line["cost"]) == (800, [{"amount": "12.00", "currency": "USD"}])
    states = [one["state"] for one in desk(shop, "GET", "/claims?done=true").json()["items"]]
    assert states == ["handed_over", "refused"]
    assert told(move("rd_nothing", "preparing")) == (404, "redemption_unknown")
    claims = ask(shop, "GET", "claims").json()["claims"]
    assert [one["state"] for one in claims] == ["refused", "handed_over"]


def test_a_reward_that_left_the_program_keeps_its_figures(shop: SpendingScene) -> None:
    take(shop, "five")
    offer(shop.stage, MUG)
    lines = desk(shop, "GET", "").json()["rewards"]
    assert [(one["id"], one["state"], one["open"]) for one in lines] == [
        ("mug", "offered", 0),
        ("five", "removed", 1),
    ]
