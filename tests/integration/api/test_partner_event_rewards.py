"""What a system is told of the rewards that its events brought."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.claim_stage import item_of
from tests.factories import make_channel
from tests.integration.api.partner_system import PartnerSystem
from tests.integration.api.test_partner_api import database  # noqa: F401
from tests.integration.api.test_partner_events import AYSE, visit
from tests.program_samples import PURCHASES, program_of, rule_of

CAN = "VXNlcjoy"
PROGRAM = program_of(
    PURCHASES,
    rule_of(
        {"type": "issue_reward", "reward": "mug"},
        "visit",
        trigger="custom_event",
        on=["store-visit"],
    ),
    rule_of(
        {"type": "status_points", "points": 5}, "seen", trigger="custom_event", on=["store-visit"]
    ),
    events={"types": [{"id": "store-visit", "name": {"en": "Visit"}}]},
    rewards={
        "items": [item_of("custom", id="mug", names={"en": "Coffee mug", "tr": "Kupa"}, stock=1)]
    },
)


@pytest.fixture
def system(edge: ApiEdge, store: StoreRef) -> PartnerSystem:
    """A system that may report visits, which bring the one mug that there is."""

    def write(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, PROGRAM, by="user:1", now=edge.clock())

    edge.database.write(write)
    made = PartnerSystem(edge, store, scopes=[], event_types=["store-visit"], day_limit=0)
    made.desk.join(1, "Ayşe", "Yılmaz", email="ayse@example.com")
    made.desk.join(2, "Can", "Demir", email="can@example.com")
    edge.clock.advance(timedelta(minutes=10))
    return made


def test_the_answer_names_the_rewards_that_came_with_an_event_and_are_there(
    system: PartnerSystem,
) -> None:
    first = visit(system, "v-1").json()
    assert (first["outcome"], first["points"], first["rewards"]) == ("given", 0, ["Coffee mug"])
    assert visit(system, "v-1").json() == first | {"repeated": True}
    turkish = {"Accept-Language": "tr"}
    assert system.send("GET", "events/store-visit:v-1", **turkish).json()["rewards"] == ["Kupa"]

    other = visit(system, "v-2", user_id=CAN).json()
    assert (other["outcome"], other["rewards"]) == ("given", []), "there was but one mug"
    batch = {"events": [{"type": "store-visit", "external_id": "v-1", "user_id": AYSE}]}
    [told] = system.send("POST", "events/batch", batch).json()["results"]
    assert told["event"]["rewards"] == ["Coffee mug"]

    back: dict[str, Any] = system.send("DELETE", "events/store-visit:v-1").json()
    assert (back["outcome"], back["rewards"]) == ("reversed", [])
