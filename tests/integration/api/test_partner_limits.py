"""What a key moves holds on each database: its limit, its wishes, its end, and its last use."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores import partner_keys
from saleor_loyalty_app.stores.models import PartnerKeyUse
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import told
from tests.integration.api.partner_system import PartnerSystem


@pytest.fixture
def system(edge: ApiEdge, published: StoreRef) -> PartnerSystem:
    """A system that may do everything, and move 500 points a day."""
    return PartnerSystem(edge, published)


def test_the_same_wish_twice_is_booked_once_and_another_under_its_key_is_refused(
    system: PartnerSystem,
) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    first, again = (system.move(ayse, 75, key="4711") for _ in range(2))
    assert first.json() == again.json()
    assert (again.status_code, system.desk.points(ayse)) == (201, 75)
    for other in ({"points": 76}, {"points": 75, "note": "Another"}):
        body = {"key": "4711"} | other
        assert told(system.move(ayse, **body)) == (409, "idempotency_conflict")
    assert told(
        system.send("POST", f"members/{ayse}/points", {"points": 1, "reason": "goodwill"})
    ) == (422, "request_invalid")
    # Another key of the store has wishes of its own.
    other_system = PartnerSystem(system.edge, system.store)
    assert other_system.move(ayse, 10, key="4711").status_code == 201
    assert system.desk.points(ayse) == 85


def test_the_limit_of_the_day_holds_when_wishes_come_at_the_same_moment(
    system: PartnerSystem,
) -> None:
    members = [
        system.desk.join(number, "Ayşe", f"Y{number}", email=f"a{number}@example.com")
        for number in range(1, 4)
    ]
    answers = system.at_once(
        [(who, 100, f"{who}-{n}") for who in members for n in range(3)]
        + [(members[0], 100, f"{members[0]}-0")]
    )
    refused = [answer for answer in answers if answer.status_code != 201]
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(ids) == 5
    assert {told(answer) for answer in refused} == {(409, "day_limit_reached")}
    assert refused[0].json()["error"]["detail"]["limit"] == 500
    assert sum(system.desk.points(who) for who in members) == 500
    assert system.desk.drifts() == []
    # What was booked is answered again, also on a day that is full.
    [done] = [answer for answer in answers if answer.status_code == 201][:1]
    who = int(done.json()["member_id"])
    keys = [f"{who}-{n}" for n in range(3)]
    assert done.json()["id"] in {
        again.json().get("id") for again in (system.move(who, 100, key=key) for key in keys)
    }


def test_a_rotated_key_works_with_both_secrets_for_a_while_then_with_the_new_one(
    system: PartnerSystem, clock: ManualClock
) -> None:
    old = system.token
    path = f"/{system.key['id']}/rotate"
    made = system.owner("POST", path, {"old_works_hours": 24})
    assert made.status_code == 201
    assert made.json()["key"]["old_secret_until"] is not None
    new = made.json()["token"]
    assert new.rpartition("_")[0] == old.rpartition("_")[0]
    assert [system.send("GET", "key", token=one).status_code for one in (old, new)] == [200, 200]
    clock.advance(timedelta(hours=24))
    assert [system.send("GET", "key", token=one).status_code for one in (old, new)] == [401, 200]
    newest = system.owner("POST", path, {"old_works_hours": 0}).json()["token"]
    assert [system.send("GET", "key", token=one).status_code for one in (old, new, newest)] == [
        401, 401, 200,
    ]  # fmt: skip
    assert told(system.owner("POST", path, {"old_works_hours": 169})) == (422, "request_invalid")


def test_a_key_that_is_revoked_between_its_proof_and_its_deed_moves_nothing(
    system: PartnerSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    gate = system.edge.app.state.faces.gate

    async def revoke_meanwhile(_who: str) -> None:
        await system.edge.database.write_async(
            lambda conn: partner_keys.revoke(
                conn, system.store.id, system.key["id"], actor="user:1", now=system.edge.clock()
            )
        )

    monkeypatch.setattr(gate, "act_as_partner", revoke_meanwhile)
    assert told(system.move(ayse, 10)) == (401, "invalid_key")
    assert system.desk.points(ayse) == 0


def test_the_last_use_is_written_once_a_minute_and_its_failure_is_nobodys(
    system: PartnerSystem, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def used() -> object:
        uses = table(PartnerKeyUse)
        return system.edge.database.read(
            lambda conn: conn.execute(sa.select(uses.c.used_at)).scalar_one_or_none()
        )

    assert used() is None
    assert told(system.send("GET", "members/999999")) == (404, "member_not_found")
    first = used()
    assert first == clock()
    clock.advance(timedelta(seconds=59))
    system.send("GET", "key")
    assert used() == first
    clock.advance(timedelta(seconds=1))
    system.send("GET", "key")
    assert used() == clock()
    clock.advance(timedelta(minutes=1))

    def fail(*_args: object, **_named: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("locked"))

    monkeypatch.setattr(partner_keys, "note_use", fail)
    assert system.send("GET", "key").status_code == 200
    assert system.owner("GET").json()["items"][0]["last_used_at"] is not None
