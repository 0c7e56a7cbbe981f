"""Requests that are signed instead of carrying a key: what is let in, and what is not."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.api import bounded
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores import partner_keys, signing_secrets
from saleor_loyalty_app.stores.models import PartnerKey, StoreSecret
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.secrets import TokenCipher
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import told
from tests.integration.api.partner_system import PartnerSystem
from tests.integration.api.signed_system import SignedSystem

INVALID = (401, "invalid_signature")
WISH = {"points": 75, "reason": "shop_purchase", "note": "Receipt 4711"}


@pytest.fixture
def system(edge: ApiEdge, published: StoreRef) -> SignedSystem:
    """A system that signs, may do everything, and may move 500 points a day."""
    return SignedSystem(edge, published)


def sealed(system: PartnerSystem) -> dict[str, str]:
    """What is kept of the secrets of keys, by name."""
    secrets = table(StoreSecret)
    query = sa.select(secrets.c.name, secrets.c.sealed).order_by(secrets.c.name)
    found = system.edge.database.read(lambda conn: conn.execute(query).all())
    return {row.name: row.sealed for row in found}


def test_a_signed_request_does_what_one_with_a_key_does(system: SignedSystem) -> None:
    assert system.key["must_sign"] is True
    assert system.send("GET", "key").json()["must_sign"] is True
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    moved = system.move(ayse, 75, note="Kadıköy, 3 ürün")
    assert (moved.status_code, system.desk.points(ayse)) == (201, 75)
    # The query is signed with the path.
    page = system.send("GET", f"members/{ayse}/statement?first=1")
    assert [one["amount"] for one in page.json()["items"]] == [75]
    assert system.owner("GET").json()["items"][0]["last_used_at"] is not None


def test_the_secret_is_kept_sealed_and_never_in_plain(system: SignedSystem) -> None:
    keys = table(PartnerKey)
    [row] = system.edge.database.read(lambda conn: conn.execute(sa.select(keys)).all())
    kept = sealed(system)
    assert list(kept) == [f"partner_key:{system.key['id']}"]
    secret = system.token.rpartition("_")[2]
    assert secret not in str(row)
    assert secret not in str(kept)
    assert system.token not in json.dumps(system.owner("GET").json())
    # Of a key that is sent there is the hash and nothing that could be opened.
    PartnerSystem(system.edge, system.store)
    assert sealed(system) == kept


def test_the_secret_of_a_key_that_must_sign_is_not_taken_when_it_is_sent(
    system: SignedSystem,
) -> None:
    sent = {"Authorization": f"Bearer {system.token}"}
    assert told(system.send_as_is("GET", "key", sent)) == (401, "signature_required")
    # Nor with a signature beside it, and a wrong secret is told nothing of what is asked for.
    both = system.headers("GET", "key") | sent
    assert told(system.send_as_is("GET", "key", both)) == (401, "signature_required")
    wrong = {
        "Authorization": f"Bearer {system.token[:-1]}{'x' if system.token[-1] != 'x' else 'y'}"
    }
    assert told(system.send_as_is("GET", "key", wrong)) == (401, "invalid_key")
    named = {"Authorization": f"Loyalty-Key {system.token.rpartition('_')[0]}"}
    assert told(system.send_as_is("GET", "key", named)) == (401, "signature_required")


def test_what_was_signed_comes_as_it_was_signed_or_not_at_all(system: SignedSystem) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    path, body = f"members/{ayse}/points", json.dumps(WISH).encode()
    good = system.headers("POST", path, body, wish="receipt-1")
    other = PartnerSystem(system.edge, system.store).token.rpartition("_")[0]
    changed: dict[str, tuple[str, dict[str, str], bytes]] = {
        "body": (path, {}, body.replace(b"75", b"76")),
        "space": (path, {}, body + b" "),
        "path": ("members/999/points", {}, body),
        "query": (f"{path}?x=1", {}, body),
        "empty query value": (f"{path}?first=", {}, body),
        "wish": (path, {"Idempotency-Key": "receipt-2"}, body),
        "time": (path, {"Loyalty-Timestamp": str(int(good["Loyalty-Timestamp"]) + 1)}, body),
        "zero before": (path, {"Loyalty-Timestamp": "0" + good["Loyalty-Timestamp"]}, body),
        "version": (
            path,
            {"Loyalty-Signature": good["Loyalty-Signature"].replace("v1", "v2")},
            body,
        ),
        "no signature": (path, {"Loyalty-Signature": "v1,"}, body),
        "not ASCII": (path, {"Loyalty-Signature": "v1,\u00fc"}, body),
        "another key": (path, {"Authorization": f"Loyalty-Key {other}"}, body),
        "no key": (path, {"Authorization": "Loyalty-Key slk_abcdefghijkl"}, body),
        "half a key": (path, {"Authorization": "Loyalty-Key slk_"}, body),
    }
    messages = set()
    for what, (where, headers, content) in changed.items():
        answer = system.send_as_is("POST", where, good | headers, content)
        assert told(answer) == INVALID, what
        assert answer.json()["error"]["detail"] == {}
        messages.add(answer.json()["error"]["message"])
    assert len(messages) == 1
    without = {name: value for name, value in good.items() if name != "Idempotency-Key"}
    assert told(system.send_as_is("POST", path, without, body)) == INVALID
    assert system.desk.points(ayse) == 0
    assert system.send_as_is("POST", path, good, body).status_code == 201
    # The method stands for itself: what reads cannot be made to take back.
    event = system.headers("GET", "events/visit:1")
    assert told(system.send_as_is("DELETE", "events/visit:1", event)) == INVALID


def test_a_request_that_is_sent_again_is_booked_once_and_under_no_other_wish(
    system: SignedSystem, clock: ManualClock
) -> None:
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    path, body = f"members/{ayse}/points", json.dumps(WISH).encode()
    heard = system.headers("POST", path, body, wish="receipt-1")
    first = system.send_as_is("POST", path, heard, body)
    clock.advance(timedelta(minutes=4))
    again = system.send_as_is("POST", path, heard, body)
    assert (first.status_code, again.json()) == (201, first.json())
    assert (
        told(system.send_as_is("POST", path, heard | {"Idempotency-Key": "receipt-2"}, body))
        == INVALID
    )
    clock.advance(timedelta(minutes=2))
    assert told(system.send_as_is("POST", path, heard, body)) == (401, "signature_time_unfit")
    assert system.desk.points(ayse) == 75


@pytest.mark.parametrize("way", [1, -1])
def test_a_signature_counts_for_five_minutes_by_the_apps_clock(
    system: SignedSystem, clock: ManualClock, way: int
) -> None:
    if way < 0:
        clock.advance(timedelta(minutes=10))
    headers = system.headers("GET", "key")
    if way < 0:
        clock.advance(-timedelta(minutes=5))
    else:
        clock.advance(timedelta(minutes=5))
    assert system.send_as_is("GET", "key", headers).status_code == 200
    clock.advance(way * timedelta(seconds=1))
    answer = system.send_as_is("GET", "key", headers | {"Accept-Language": "tr"})
    assert told(answer) == (401, "signature_time_unfit")
    now = clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert answer.json()["error"]["detail"] == {"now": now, "tolerance_seconds": 300}
    assert now in answer.json()["error"]["message"]
    # Told alike of a key that is none, so that it says nothing of keys.
    nobody = headers | {"Authorization": "Loyalty-Key slk_abcdefghijkl"}
    assert told(system.send_as_is("GET", "key", nobody)) == (401, "signature_time_unfit")


@pytest.mark.parametrize("timestamp", ["soon", "-1", "1e9", "²", "9" * 13, "9" * 5000, "1.5"])
def test_a_time_that_is_none_is_told_as_one(system: SignedSystem, timestamp: str) -> None:
    headers = system.headers("GET", "key")
    headers["Loyalty-Timestamp"] = timestamp
    assert told(system.send_as_is("GET", "key", headers)) == (401, "signature_time_unfit")


def test_the_key_of_another_store_proves_nothing_here(
    system: SignedSystem, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = SignedSystem(system.edge, system.edge.store())
    assert elsewhere.send("GET", "key").json()["store"] != system.store.api_url
    headers = elsewhere.headers("GET", "key")
    headers["Authorization"] = f"Loyalty-Key {system.token.rpartition('_')[0]}"
    assert told(system.send_as_is("GET", "key", headers)) == INVALID
    # What is sealed opens in its own row alone, so that not even the database can mix them.
    secrets = table(StoreSecret)
    mine, theirs = (f"partner_key:{one.key['id']}" for one in (system, elsewhere))
    moved = sealed(system)[theirs]
    system.edge.database.write(
        lambda conn: conn.execute(
            sa.update(secrets).where(secrets.c.name == mine).values(sealed=moved)
        )
    )
    answer = system.send_as_is("GET", "key", headers)
    # Nothing was proved, so nobody is told which key is there and cannot be opened.
    assert told(answer) == INVALID
    assert answer.json()["error"]["detail"] == {}
    assert "signing_secret_unreadable" in caplog.text


def test_who_sends_the_whole_key_is_told_that_it_was_sent(system: SignedSystem) -> None:
    headers = system.headers("GET", "key") | {"Authorization": f"Loyalty-Key {system.token}"}
    answer = system.send_as_is("GET", "key", headers)
    assert told(answer) == (401, "signature_required")
    assert answer.headers["www-authenticate"] == "Loyalty-Key"


def test_a_refused_signature_is_told_in_the_words_of_partners(system: SignedSystem) -> None:
    headers = system.headers("GET", "key")
    changed = system.send_as_is("GET", "key?x=1", headers)
    assert changed.json()["error"]["message"] == (
        "The signature does not fit the request, or the API key does not work."
    )


def test_a_signature_beside_a_key_that_is_sent_is_looked_at(system: SignedSystem) -> None:
    plain = SignedSystem(system.edge, system.store, must_sign=False)
    sent = {"Authorization": f"Bearer {plain.token}"}
    good = plain.headers("GET", "key") | sent
    assert plain.send_as_is("GET", "key", sent).status_code == 200
    assert plain.send_as_is("GET", "key", good).status_code == 200
    assert told(plain.send_as_is("GET", "key?x=1", good)) == INVALID
    half = {name: value for name, value in good.items() if name != "Loyalty-Timestamp"}
    assert told(plain.send_as_is("GET", "key", half)) == (401, "signature_required")
    # It is not enough to name such a key: the app has nothing to look at the signature with.
    assert told(plain.send("GET", "key")) == INVALID


def test_a_system_goes_over_to_signing_and_back_without_a_gap(
    system: SignedSystem, clock: ManualClock
) -> None:
    plain = PartnerSystem(system.edge, system.store)
    path = f"/{plain.key['id']}"
    made = plain.owner("POST", f"{path}/rotate", {"old_works_hours": 24, "must_sign": True}).json()
    assert made["key"]["must_sign"] is True
    old, new = plain.token, made["token"]
    assert plain.send("GET", "key", token=old).status_code == 200
    assert told(plain.send("GET", "key", token=new)) == (401, "signature_required")
    assert system.send("GET", "key", token=new).status_code == 200
    clock.advance(timedelta(hours=24))
    assert told(plain.send("GET", "key", token=old)) == (401, "invalid_key")

    # Without a word it stays as it is, and the one before is signed with too.
    newer = plain.owner("POST", f"{path}/rotate", {"old_works_hours": 1}).json()["token"]
    assert [system.send("GET", "key", token=one).status_code for one in (new, newer)] == [200, 200]
    kept = [name for name in sealed(system) if name.endswith(path[1:])]
    assert kept == [f"partner_key:{path[1:]}", f"partner_key_previous:{path[1:]}"]

    back = {"old_works_hours": 1, "must_sign": False}
    newest = plain.owner("POST", f"{path}/rotate", back).json()["token"]
    assert plain.send("GET", "key", token=newest).status_code == 200
    assert system.send("GET", "key", token=newer).status_code == 200
    assert told(plain.send("GET", "key", token=newer)) == (401, "signature_required")
    assert told(system.send("GET", "key", token=new)) == INVALID
    clock.advance(timedelta(hours=1))
    assert told(system.send("GET", "key", token=newer)) == INVALID

    # What was rotated away is deleted once its time is over.

    def forget() -> int:
        return system.edge.database.write(
            lambda conn: signing_secrets.forget_rotated(conn, now=clock())
        )

    assert [forget(), forget()] == [1, 0]
    assert [name for name in sealed(system) if name.endswith(path[1:])] == []
    deeds = [one for one in system.desk.deeds() if one.kind == "partner_key_rotated"]
    assert [(one.after or {})["must_sign"] for one in deeds] == [False, True, True]
    assert [(one.before or {})["must_sign"] for one in deeds] == [True, True, False]


def test_a_key_that_ended_signs_nothing_and_its_secret_is_gone(
    system: SignedSystem, clock: ManualClock
) -> None:
    second = SignedSystem(system.edge, system.store, expires_on="2027-01-31")
    assert second.send("GET", "key").status_code == 200
    headers = second.headers("GET", "key")
    system.owner("POST", f"/{second.key['id']}/revoke")
    assert told(second.send_as_is("GET", "key", headers)) == INVALID
    assert list(sealed(system)) == [f"partner_key:{system.key['id']}"]
    third = SignedSystem(system.edge, system.store, expires_on="2027-01-31")
    clock.advance(timedelta(days=32))
    assert told(third.send("GET", "key")) == INVALID
    # A later day has it work again, as with a key that is sent.
    terms = {"name": "Cash registers", "scopes": ["members:read"], "day_limit": 0}
    changed = system.owner("PUT", f"/{third.key['id']}", terms).json()
    assert (changed["state"], changed["must_sign"]) == ("active", True)
    assert third.send("GET", "key").status_code == 200
    system.edge.database.write(
        lambda conn: partner_keys.revoke_all(conn, system.store.id, actor="app", now=clock())
    )
    assert sealed(system) == {}
    assert told(system.send("GET", "key")) == INVALID


def test_a_body_beyond_all_that_is_meant_is_refused_before_it_is_looked_at(
    system: SignedSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "LARGEST_BODY", 1000)
    body = json.dumps({"user_id": "x" * 1000}).encode()
    headers = system.headers("POST", "members/lookup", body)
    answer = system.send_as_is("POST", "members/lookup", headers, body)
    assert told(answer) == (413, "body_too_large")
    # Nobody has to prove anything to be told so, and reads have no body to hide it in.
    assert told(system.send_as_is("POST", "members/lookup", {}, body)) == (413, "body_too_large")
    assert told(system.send_as_is("GET", "key", headers, body)) == (413, "body_too_large")
    small = json.dumps({"user_id": "x"}).encode()
    headers = system.headers("POST", "members/lookup", small)
    assert system.send_as_is("POST", "members/lookup", headers, small).status_code == 200


def test_the_list_of_secrets_says_what_seals_a_key_and_has_it_sealed_anew(
    system: SignedSystem,
) -> None:
    def keys() -> list[dict[str, object]]:
        answer = system.desk.send("GET", "secrets").json()
        return [one for one in answer["secrets"] if one["kind"] == "partner_key"]

    PartnerSystem(system.edge, system.store)
    newest = system.edge.cipher.fingerprints[0]
    assert [(one["key"], one["old_key"]) for one in keys()] == [(newest, False), ("", False)]
    assert not [name for name in str(keys()) if name == system.token]
    access = system.edge.app.state.faces.access
    object.__setattr__(access, "cipher", TokenCipher(("a newer secret", "a secret of the tests")))
    assert [(one["key"], one["old_key"]) for one in keys()] == [(newest, True), ("", False)]
    done = system.desk.send("POST", "secrets/reseal", {}).json()
    assert done == {"secrets": 2}
    assert [one["old_key"] for one in keys()] == [False, False]
    assert system.send("GET", "key").status_code == 200


def test_a_signing_key_that_ended_still_keeps_the_old_sealing_key_in_use(
    system: SignedSystem, clock: ManualClock
) -> None:
    keys = table(PartnerKey)
    system.edge.database.write(
        lambda conn: conn.execute(
            sa.update(keys)
            .where(keys.c.id == int(system.key["id"]))
            .values(expires_at=clock() - timedelta(days=1))
        )
    )
    newer = TokenCipher(["a newer secret", "a secret of the tests"])
    later = ApiEdge(system.edge.database, clock, system.edge.key, cipher=newer)
    seen = later.get("/api/dashboard/v1/secrets", later.staff(system.store)).json()
    assert [one["old_key"] for one in seen["secrets"] if one["kind"] == "partner_key"] == [True]
