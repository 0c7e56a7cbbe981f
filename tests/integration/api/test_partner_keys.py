"""Keys of other systems: owners make, change and end them; what is wrong with one is not told."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.api.partner import holder
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores import partner_keys
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import told
from tests.integration.api.partner_system import PartnerSystem
from tests.signing import SigningKey


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One database is enough: what differs between them is in `test_partner_limits`."""
    opened = open_database(sqlite_url, pool_size=2)
    yield opened
    opened.close()


@pytest.fixture
def system(edge: ApiEdge, published: StoreRef) -> PartnerSystem:
    """A system that may do everything, and move 500 points a day."""
    return PartnerSystem(edge, published)


@pytest.mark.parametrize(
    ("terms", "signs"),
    [
        ({"scopes": ["members:read", "members:write", "complaints:write"]}, False),
        ({"scopes": ["points:write"], "day_limit": 9}, True),
        ({"scopes": [], "event_types": ["store-visit"]}, True),
        ({"scopes": ["points:write"], "day_limit": 9, "must_sign": False}, False),
        ({"scopes": ["members:read"], "must_sign": True}, True),
    ],
)
def test_keys_that_may_give_points_sign_unless_the_owner_says_otherwise(
    system: PartnerSystem, terms: dict[str, Any], signs: bool
) -> None:
    made = system.owner("POST", "", {"name": "CRM", **terms}).json()
    assert made["key"]["must_sign"] is signs
    answer = system.send("GET", "key", token=made["token"])
    assert told(answer) == (401, "signature_required") if signs else answer.status_code == 200


def test_whatever_is_wrong_with_a_key_the_answer_is_the_same_and_the_log_tells(
    system: PartnerSystem, edge: ApiEdge, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[dict[str, object]] = []
    noting = SimpleNamespace(warning=lambda _event, **words: logged.append(words))
    monkeypatch.setattr(holder, "_log", noting)
    revoked, expired, resting = (
        PartnerSystem(edge, system.store),
        PartnerSystem(edge, system.store, expires_on="2027-01-01"),
        PartnerSystem(edge, edge.store()),
    )
    assert expired.send("GET", "key").status_code == 200
    assert revoked.owner("POST", f"/{revoked.key['id']}/revoke").json()["state"] == "revoked"
    stores = table(Store)
    edge.database.write(
        lambda conn: conn.execute(
            sa.update(stores).where(stores.c.id == resting.store.id).values(active=False)
        )
    )
    clock.advance(timedelta(days=1))
    wrong = system.token[:-1] + ("a" if system.token[-1] != "a" else "b")
    unknown = f"slk_{'a' * 12}_{'b' * 40}"
    tokens = (revoked.token, expired.token, resting.token, wrong, unknown, "slk_")
    answers = [system.send("GET", "key", token=token) for token in tokens]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["error"]["code"] == "invalid_key"
    assert answers[0].headers["www-authenticate"] == "Bearer"
    assert [words["reason"] for words in logged] == [
        "revoked", "expired", "store_inactive", "wrong_secret", "unknown", "malformed",
    ]  # fmt: skip
    assert system.token.rpartition("_")[2] not in str(logged)
    assert told(edge.get("/api/partner/v1/key")) == (401, "token_missing")


def test_what_owners_do_with_keys_acts_at_once_and_is_noted_without_secrets(
    system: PartnerSystem, clock: ManualClock
) -> None:
    path = f"/{system.key['id']}"
    wanted = {"name": " Help desk ", "scopes": ["members:read"], "day_limit": 9}
    changed = system.owner("PUT", path, wanted | {"expires_on": "2027-01-31"}).json()
    assert (changed["name"], changed["day_limit"]) == ("Help desk", 0)
    assert (changed["expires_on"], changed["state"]) == ("2027-01-31", "active")
    assert told(system.move(1, 10)) == (403, "scope_missing")
    clock.advance(timedelta(days=31))
    assert system.owner("GET").json()["items"] == []
    [ended] = system.owner("GET", "?ended=true").json()["items"]
    assert ended["state"] == "expired"
    assert told(system.owner("POST", f"{path}/rotate", {})) == (409, "partner_key_ended")
    # A name may be mended although the day is over; a later day has the key work again.
    assert system.owner("PUT", path, wanted | {"expires_on": "2027-01-31"}).status_code == 200
    for day in ("2027-01-30", "2040-01-01"):
        answer = system.owner("PUT", path, wanted | {"expires_on": day})
        assert told(answer) == (422, "expiry_unfit"), day
    assert system.owner("PUT", path, wanted).json()["state"] == "active"
    assert system.send("GET", "key").json()["name"] == "Help desk"
    token = system.owner("POST", f"{path}/rotate", {"old_works_hours": 1}).json()["token"]
    for _ in range(2):
        assert system.owner("POST", f"{path}/revoke").json()["state"] == "revoked"
    assert told(system.owner("PUT", path, wanted)) == (409, "partner_key_ended")
    assert told(system.send("GET", "key", token=token)) == (401, "invalid_key")
    deeds = [deed for deed in system.desk.deeds() if deed.subject == f"partner_key:{path[1:]}"]
    assert [deed.kind.removeprefix("partner_key_") for deed in deeds] == [
        "revoked", "rotated", "changed", "changed", "changed", "made",
    ]  # fmt: skip
    assert deeds[-1].after == {
        "scopes": ["members:identify", "members:read", "members:write", "points:write"],
        "day_limit": 500,
        "expires_at": None,
    }
    assert deeds[-2].before == deeds[-1].after
    for secret in (system.token, token, "Help desk"):
        assert secret.rpartition("_")[2] not in str(deeds)


def test_keys_are_made_by_who_manages_apps_within_bounds(
    system: PartnerSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    good: dict[str, Any] = {"name": "CRM", "scopes": ["members:read"]}
    little: dict[str, Any] = {"user_permissions": ["MANAGE_USERS"], "permissions": ["MANAGE_USERS"]}
    for method, path in (("GET", ""), ("POST", ""), ("POST", f"/{system.key['id']}/revoke")):
        answer = system.desk.send(method, f"partner-keys{path}", good, **little)
        assert told(answer) == (403, "missing_user_permission"), path
    bad: list[dict[str, Any]] = [
        {"name": " "}, {"name": "x" * 81}, {"name": "a\nb"}, {"scopes": []}, {"scopes": ["all"]},
        {"scopes": ["points:write"]}, {"day_limit": -1}, {"expires_on": "soon"}, {"token": "x"},
        {"scopes": ["members:identify"]}, {"scopes": ["members:identify", "members:write"]},
    ]  # fmt: skip
    for wrong in bad:
        assert told(system.owner("POST", "", good | wrong)) == (422, "request_invalid"), wrong
    monkeypatch.setattr(partner_keys, "MOST_KEYS", 1)
    assert told(system.owner("POST", "", good)) == (409, "too_many_partner_keys")


@pytest.fixture
def limited(database: Database, clock: ManualClock, key: SigningKey) -> Iterator[ApiEdge]:
    made = ApiEdge(database, clock, key, limits={"partner": "3/minute", "public": "2/minute"})
    yield made
    made.close()


def test_a_key_asks_as_often_as_the_rate_says_and_guesses_are_counted_by_address(
    limited: ApiEdge,
) -> None:
    store = limited.store()
    system, other = PartnerSystem(limited, store), PartnerSystem(limited, store)
    statuses = [system.send("GET", "key").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert "retry-after" in system.send("GET", "key").headers
    assert other.send("GET", "key").status_code == 200
    guesses = [system.send("GET", "key", token="slk_guess").status_code for _ in range(3)]
    assert guesses == [401, 401, 429]
    assert other.send("GET", "key").status_code == 200
