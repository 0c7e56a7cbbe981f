"""Campaigns over the APIs: staff plan, schedule and end them, shoppers see theirs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import Channel
from tests.campaign_stage import background, buy, start, terms_of
from tests.integration.api.spending_scene import SpendingScene
from tests.redemption_stage import OTHER, SHOPPER
from tests.signing import SigningKey

API = "/api/dashboard/v1/campaigns"
ONLY_SEES = {"user_permissions": ["MANAGE_ORDERS"]}


@pytest.fixture
def scene(sqlite_url: str, key: SigningKey) -> Iterator[SpendingScene]:
    """A shop with a program in force."""
    database = open_database(sqlite_url, pool_size=2)
    made = SpendingScene(database, key, limits={})
    yield made
    made.close()
    database.close()


def send(
    scene: SpendingScene, method: str, path: str, body: Any = None, **staff: Any
) -> httpx.Response:
    edge = scene.edge
    return edge.send(method, f"{API}{path}", edge.staff(scene.stage.store, **staff), body)


def planned(scene: SpendingScene, **terms: Any) -> dict[str, Any]:
    answer = send(scene, "POST", "", {"terms": terms_of(scene.stage, **terms)})
    assert answer.status_code == 201, answer.text
    page: dict[str, Any] = answer.json()
    return page


def mine(scene: SpendingScene, email: str = SHOPPER) -> list[dict[str, Any]]:
    answer = scene.edge.get("/api/storefront/v1/me/campaigns", scene.headers(email))
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["campaigns"]
    return listed


def test_a_campaign_goes_from_draft_to_its_end_and_shoppers_see_it_while_it_runs(
    scene: SpendingScene,
) -> None:
    made = planned(scene)
    assert (made["state"], made["version"], made["problems"]) == (
        "draft",
        1,
        [
            {
                "code": "campaign_no_budget",
                "path": "budget",
                "severity": "warning",
                "text": (
                    "Without a budget nothing ends this campaign before its last day. "
                    "Set a budget, or leave it so if that is meant."
                ),
            }
        ],
    )
    path = f"/{made['id']}"
    stale = send(scene, "POST", f"{path}/schedule", {"version": 7})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "campaign_changed")
    running = send(scene, "POST", f"{path}/schedule", {"version": 1})
    assert running.json()["state"] == "running"
    assert mine(scene) == [], "its code is not in Saleor yet"

    background(scene.stage)
    [seen] = mine(scene)
    assert (seen["code"], seen["own"], seen["gives"]) == ("AUTUMN10", False, "10% off")
    page = send(scene, "GET", path).json()
    assert page["code_counts"] == {"wanted": 0, "open": 1, "to_end": 0, "ended": 0}
    assert [one["by_you"] for one in page["versions"]] == [True]

    dearer = terms_of(scene.stage, channels=[])
    refused = send(scene, "PUT", path, {"terms": dearer, "version": 1})
    assert refused.json()["error"]["code"] == "campaign_invalid"
    clone = send(scene, "POST", f"{path}/clone", {"name": "Again"}).json()
    assert (clone["state"], clone["code"]) == ("draft", "AUTUMN10")
    taken = send(scene, "POST", f"/{clone['id']}/schedule", {"version": 1})
    assert taken.json()["error"]["code"] == "campaign_code_taken"
    assert send(scene, "DELETE", f"/{clone['id']}").status_code == 200

    stopped = send(scene, "POST", f"{path}/stop").json()
    assert (stopped["state"], stopped["ended_why"]) == ("ended", "hand")
    assert mine(scene) == []
    assert send(scene, "DELETE", path).json()["error"]["code"] == "campaign_state_unfit"


def test_personal_codes_are_listed_downloaded_and_revoked_one_by_one(
    scene: SpendingScene,
) -> None:
    made = planned(scene, codes={"sharing": "personal"})
    send(scene, "POST", f"/{made['id']}/schedule", {"version": 1})
    background(scene.stage)
    codes = send(scene, "GET", f"/{made['id']}/codes").json()["items"]
    assert {one["kind"] for one in codes} == {"personal"}
    [own] = mine(scene)
    assert own["own"]
    [other] = mine(scene, OTHER)
    assert own["code"] != other["code"]
    file = send(scene, "GET", f"/{made['id']}/codes.csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert own["code"] in file.text

    wanted = next(one["id"] for one in codes if one["code"] == own["code"])
    revoked = send(scene, "POST", f"/{made['id']}/codes/revoke", {"codes": [wanted]})
    assert revoked.json() == {"revoked": 1}
    assert mine(scene) == []
    background(scene.stage)
    assert own["code"] not in scene.stage.box.store.voucher_codes
    assert other["code"] in scene.stage.box.store.voucher_codes
    unknown = send(scene, "POST", f"/{made['id']}/codes/revoke", {"codes": ["999999"]})
    assert unknown.json()["error"]["code"] == "campaign_code_unknown"


def test_a_trial_gives_a_code_of_ones_own_and_tells_the_one_there_is(
    scene: SpendingScene,
) -> None:
    shared = planned(scene)
    personal = planned(scene, codes={"sharing": "personal"}, name="Own codes")
    member = {"member": str(scene.stage.members[SHOPPER])}
    first = send(scene, "POST", f"/{shared['id']}/test", member).json()
    assert (first["own"], first["held"]) == (True, None)
    for one in (shared, personal):
        send(scene, "POST", f"/{one['id']}/schedule", {"version": 1})
    background(scene.stage)
    seen = {one["code"]: one for one in mine(scene)}
    assert (seen[first["code"]]["own"], seen["AUTUMN10"]["own"]) == (True, False)
    assert first["code"] not in {one["code"] for one in mine(scene, OTHER)}

    [held] = seen.keys() - {first["code"], "AUTUMN10"}
    again = send(scene, "POST", f"/{shared['id']}/test", member).json()
    assert again["held"] is None, "one to try it with is none that they hold"
    second = send(scene, "POST", f"/{personal['id']}/test", member).json()
    assert (second["own"], second["held"]) == (True, held)
    assert second["code"] != held
    points = planned(scene, kind="points", times="2", channels=[], codes=None, name="Double")
    counted = send(scene, "POST", f"/{points['id']}/test", member).json()
    assert (counted["code"], counted["own"], counted["held"]) == (None, False, None)


def test_a_shopper_is_told_why_a_code_helps_no_more_in_their_language(
    scene: SpendingScene,
) -> None:
    start(scene.stage, terms_of(scene.stage))
    [before] = mine(scene)
    assert (before["usable"], before["reason"]) == (True, None)
    buy(scene.stage, "AUTUMN10")
    [after] = mine(scene)
    assert (after["code"], after["usable"]) == ("AUTUMN10", False)
    assert after["reason"] == {"code": "code_used", "message": "You have used this code already."}
    headers = scene.headers() | {"accept-language": "tr"}
    told = scene.edge.get("/api/storefront/v1/me/campaigns", headers).json()["campaigns"]
    assert told[0]["reason"]["message"] == "Bu kodu zaten kullandınız."


def test_campaigns_of_other_channels_are_left_out_where_a_channel_is_named(
    scene: SpendingScene,
) -> None:
    start(scene.stage, terms_of(scene.stage))
    start(scene.stage, terms_of(scene.stage, "points"))

    def told(channel: str) -> httpx.Response:
        path = f"/api/storefront/v1/me/campaigns?channel={channel}"
        return scene.edge.get(path, scene.headers())

    def kinds(channel: str) -> set[str]:
        return {one["kind"] for one in told(channel).json()["campaigns"]}

    assert kinds("default-channel") == {"percent", "points"}
    assert kinds("channel-tr") == {"points"}
    unknown = told("no-such-channel")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (400, "channel_unknown")


def test_all_that_is_wrong_is_told_at_once_with_its_place(scene: SpendingScene) -> None:
    terms = terms_of(
        scene.stage,
        codes={"sharing": "shared"},
        channels=[{"channel": "default-channel", "currency": "USD", "value": "120"}],
        budget={"points": 5},
        ends_at=(scene.stage.now - timedelta(days=9)).isoformat(),
    )
    answer = send(scene, "POST", "/check", {"terms": terms}).json()
    assert not answer["schedulable"]
    assert {one["path"] for one in answer["problems"]} == {
        "ends_at",
        "codes.code",
        "channels[0].value",
        "budget",
    }


def test_who_may_not_change_the_program_sees_campaigns_and_changes_none(
    scene: SpendingScene,
) -> None:
    made = planned(scene)
    assert send(scene, "GET", "", **ONLY_SEES).status_code == 200
    for method, path, body in (
        ("POST", "", {"terms": terms_of(scene.stage)}),
        ("POST", f"/{made['id']}/schedule", {"version": 1}),
        ("POST", f"/{made['id']}/stop", None),
        ("GET", f"/{made['id']}/codes", None),
    ):
        assert send(scene, method, path, body, **ONLY_SEES).status_code == 403
    other = scene.edge.store(saleor_api_url="https://other.example.com/graphql/")
    answer = scene.edge.send("GET", f"{API}/{made['id']}", scene.edge.staff(other), None)
    assert answer.status_code in (401, 404)


def test_the_editor_is_told_of_channels_that_are_switched_off_as_campaigns_may_name_them(
    scene: SpendingScene,
) -> None:
    def write(conn: sa.Connection) -> None:
        rows = table(Channel)
        conn.execute(sa.update(rows).values(active=rows.c.slug != "default-channel"))

    scene.stage.database.write(write)
    listed = send(scene, "GET", "/choices").json()["channels"]
    told = {one["slug"]: (one["active"], one["currency"]) for one in listed}
    assert told["default-channel"] == (False, "USD")
