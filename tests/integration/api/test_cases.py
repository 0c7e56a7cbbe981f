"""Staff decide what to do about orders that used a code beyond its points."""

from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.rewards.models import Redemption, RedemptionUse
from tests.integration.api.spending_scene import SpendingScene, told
from tests.signing import SigningKey

API = "/api/dashboard/v1/cases"


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shopper who spent 500 of 1000 points on an order."""
    made = SpendingScene(database, key, limits={})
    made.stage.give(1000)
    checkout = made.stage.cart()
    made.spend(checkout, 500)
    made.stage.pay_and_complete(checkout)
    yield made
    made.close()


def add_case(scene: SpendingScene, number: str, kind: str = "second") -> None:
    """An order that used the code again."""
    redemptions, uses = table(Redemption), table(RedemptionUse)

    def write(conn: sa.Connection) -> None:
        redemption = conn.execute(sa.select(redemptions.c.id)).scalars().first()
        conn.execute(
            sa.insert(uses).values(
                store_id=scene.stage.store.id,
                redemption_id=redemption,
                order_id=f"T3JkZXI6{number}",
                order_number=number,
                kind=kind,
                by_stranger=kind == "foreign",
                state="open",
                seen_at=scene.stage.now,
                decided_by="",
                kept="1",
                restored=0,
                restorings=0,
            )
        )

    scene.stage.database.write(write)


def staff(scene: SpendingScene, **changes: object) -> dict[str, str]:
    return scene.edge.staff(scene.stage.store, **changes)


def decide(scene: SpendingScene, case: str, decision: str) -> httpx.Response:
    return scene.edge.send("POST", f"{API}/{case}", staff(scene), {"decision": decision})


def test_open_cases_are_listed_oldest_first_page_by_page(scene: SpendingScene) -> None:
    for number in ("18", "19", "20"):
        add_case(scene, number)
    page = scene.edge.get(f"{API}?first=2", staff(scene)).json()
    assert [case["order_number"] for case in page["cases"]] == ["18", "19"]
    assert page["open"] == 3
    first = page["cases"][0]
    assert (first["kind"], first["state"], first["points"]) == ("second", "open", 500)
    assert first["choices"] == ["charge", "dismiss"]
    assert first["discount"] == {"amount": "5.00", "currency": "USD"}
    end = page["page_info"]["end_cursor"]
    rest = scene.edge.get(f"{API}?first=2&after={end}", staff(scene)).json()
    assert [case["order_number"] for case in rest["cases"]] == ["20"]
    assert rest["page_info"]["has_next_page"] is False


def test_charging_takes_the_points_once_more(scene: SpendingScene) -> None:
    add_case(scene, "18")
    available, _ = scene.stage.points()
    [case] = scene.edge.get(API, staff(scene)).json()["cases"]
    answers = [decide(scene, case["id"], "charge") for _ in range(2)]
    for answer in answers:
        assert (answer.status_code, answer.json()["state"]) == (200, "charged")
        assert answer.json()["decided_by"].startswith("user:")
    assert scene.stage.points()[0] == available - 500
    assert scene.edge.get(API, staff(scene)).json()["cases"] == []
    assert told(decide(scene, case["id"], "dismiss")) == (409, "case_decided")


def test_a_choice_that_the_case_has_not_is_told_with_those_it_has(scene: SpendingScene) -> None:
    add_case(scene, "18")
    [case] = scene.edge.get(API, staff(scene)).json()["cases"]
    answer = decide(scene, case["id"], "restore")
    assert told(answer) == (409, "case_choice")
    assert answer.json()["error"]["detail"] == {"choices": ["charge", "dismiss"]}
    assert "charge, dismiss" in answer.json()["error"]["message"]


@pytest.mark.parametrize("case", ["1", "x", "Y2FzZTo5OTk", "YWZ0ZXI6MQ", "%00", "💥"])
def test_a_case_that_never_was_is_unknown(scene: SpendingScene, case: str) -> None:
    assert told(decide(scene, case, "dismiss")) == (404, "case_unknown")


@pytest.mark.parametrize("decision", ["", "Charge", "delete"])
def test_a_decision_that_is_none_is_told(scene: SpendingScene, decision: str) -> None:
    assert told(decide(scene, "Y2FzZTox", decision)) == (422, "request_invalid")


def test_cases_of_another_store_are_unknown(scene: SpendingScene) -> None:
    add_case(scene, "18")
    [case] = scene.edge.get(API, staff(scene)).json()["cases"]
    foreign = scene.edge.staff(scene.edge.store())
    assert scene.edge.get(API, foreign).json()["cases"] == []
    answer = scene.edge.send("POST", f"{API}/{case['id']}", foreign, {"decision": "dismiss"})
    assert told(answer) == (404, "case_unknown")


def test_who_may_not_manage_orders_decides_nothing(scene: SpendingScene) -> None:
    add_case(scene, "18")
    [case] = scene.edge.get(API, staff(scene)).json()["cases"]
    rights = ["MANAGE_USERS", "MANAGE_DISCOUNTS"]
    little = staff(scene, permissions=rights, user_permissions=rights)
    answer = scene.edge.send("POST", f"{API}/{case['id']}", little, {"decision": "dismiss"})
    assert told(answer) == (403, "missing_user_permission")


def test_who_manages_discounts_alone_sees_no_customer(scene: SpendingScene) -> None:
    add_case(scene, "18")
    owner = staff(scene, user_permissions=["MANAGE_DISCOUNTS"])
    assert told(scene.edge.get(API, owner)) == (403, "missing_user_permission")
    redemptions = scene.edge.get("/api/dashboard/v1/redemptions?user_id=VXNlcjo1", owner)
    assert told(redemptions) == (403, "missing_user_permission")
