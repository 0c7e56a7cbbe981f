"""A shopper's Saleor token is exchanged for a loyalty token, which opens no more than it says."""

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.api.shopper_tokens import LEEWAY, LIFETIME, ShopperTokens
from saleor_loyalty_app.bonuses.waiting import oldest
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.origins import set_origins
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import MemberDesk

SHOP = "https://shop.example.com"
USER = "VXNlcjo1"
ME = {
    "id": USER,
    "email": "ayse@example.com",
    "firstName": "Ayşe",
    "lastName": "Yılmaz",
    "languageCode": "TR",
    "isActive": True,
    "isConfirmed": True,
    "isStaff": False,
    "updatedAt": "2027-01-01T00:00:00+00:00",
}


def begun(edge: ApiEdge, store: StoreRef, origin: str = SHOP, **headers: str) -> httpx.Response:
    edge.saleor.answers.setdefault("Me", {"me": ME})
    return edge.send(
        "POST", "/api/storefront/v1/session", edge.shopper(store) | headers, {"origin": origin}
    )


def bearer(edge: ApiEdge, store: StoreRef, origin: str = SHOP) -> dict[str, str]:
    answer = begun(edge, store, origin)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def told(answer: httpx.Response) -> tuple[int, str, object]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["detail"].get("reason")


def test_a_loyalty_token_is_good_for_ten_minutes_and_no_longer(
    edge: ApiEdge, published: StoreRef
) -> None:
    answer = begun(edge, published)
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.json()["origin"] == SHOP
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    assert edge.me(headers).json() == edge.me(edge.shopper(published)).json()
    assert edge.history(headers).status_code == 200
    edge.clock.advance(LIFETIME + LEEWAY - timedelta(seconds=1))
    assert edge.me(headers).status_code == 200
    edge.clock.advance(timedelta(seconds=2))
    assert told(edge.me(headers)) == (401, "invalid_token", "expired")


def test_it_is_refused_in_pages_of_another_origin(edge: ApiEdge, published: StoreRef) -> None:
    headers = bearer(edge, published)
    assert edge.me(headers | {"Origin": SHOP}).status_code == 200
    for elsewhere in ("https://shop.example.com.evil.example", "http://shop.example.com", "null"):
        refused = edge.me(headers | {"Origin": elsewhere})
        assert told(refused)[:2] == (403, "origin_not_allowed")


def test_staff_are_never_taken_for_its_bearer(edge: ApiEdge, published: StoreRef) -> None:
    refused = edge.get("/api/dashboard/v1/start", bearer(edge, published))
    assert told(refused)[:2] == (401, "invalid_token")


def test_it_cannot_be_exchanged_for_another(edge: ApiEdge, published: StoreRef) -> None:
    refused = edge.send(
        "POST", "/api/storefront/v1/session", bearer(edge, published), {"origin": SHOP}
    )
    assert told(refused)[:2] == (401, "invalid_token")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"me": None}, "revoked"),
        ({"me": ME | {"isActive": False}}, "revoked"),
        ({"me": ME | {"id": "VXNlcjo2"}}, "revoked"),
        ({"me": ME | {"isStaff": True}}, "staff"),
        (
            httpx.Response(
                200,
                json={
                    "errors": [
                        {
                            "message": "Invalid token. User does not exist or is inactive.",
                            "extensions": {"exception": {"code": "InvalidTokenError"}},
                        }
                    ],
                    "data": {"me": None},
                },
            ),
            "revoked",
        ),
    ],
)
def test_a_token_that_saleor_does_not_take_any_more_is_refused(
    edge: ApiEdge, store: StoreRef, answer: object, reason: str
) -> None:
    edge.saleor.answers["Me"] = answer  # type: ignore[assignment]
    assert told(begun(edge, store)) == (401, "invalid_token", reason)


@pytest.mark.parametrize("confirmed", [True, False])
def test_an_address_that_was_confirmed_in_silence_brings_what_waited_for_it(
    edge: ApiEdge, published: StoreRef, confirmed: bool
) -> None:
    desk = MemberDesk(edge, published)
    member = desk.join(5, "Ayşe", "Yılmaz", user_id=USER, email=ME["email"], confirmed=False)
    desk.earn(desk.guest(str(ME["email"])), 40)
    edge.saleor.answers["Me"] = {"me": ME | {"isConfirmed": confirmed}}
    for _ in range(2):
        assert begun(edge, published).status_code == 201
        assert desk.points(member) == (40 if confirmed else 0)
    waiting = edge.database.read(lambda conn: oldest(conn, published.id, limit=5))
    kinds = [(one.member_id, one.deed.trigger) for one in waiting]
    assert kinds == ([(member, "account_confirmed")] if confirmed else [])
    assert desk.drifts() == []


def test_a_session_takes_in_whom_nobody_knew(edge: ApiEdge, published: StoreRef) -> None:
    desk = MemberDesk(edge, published)
    desk.earn(desk.guest(str(ME["email"])), 40)
    for _ in range(2):
        assert begun(edge, published).status_code == 201
        [member] = desk.find(f"user_id={USER}")
        assert desk.points(int(member)) == 40
    assert desk.drifts() == []


def test_before_a_program_is_live_a_session_changes_nothing(edge: ApiEdge, store: StoreRef) -> None:
    desk = MemberDesk(edge, store)
    desk.join(5, "Ayşe", "Yılmaz", user_id=USER, email=ME["email"], confirmed=False)
    assert begun(edge, store).status_code == 201
    assert edge.database.read(lambda conn: oldest(conn, store.id, limit=5)) == []


def test_a_saleor_that_does_not_answer_is_told_as_such(edge: ApiEdge, store: StoreRef) -> None:
    edge.saleor.answers["Me"] = httpx.Response(400, text="no")
    assert told(begun(edge, store))[:2] == (503, "saleor_unavailable")


def test_only_origins_that_the_store_takes_get_one(edge: ApiEdge, store: StoreRef) -> None:
    edge.database.write(
        lambda conn: set_origins(conn, store.id, [SHOP, "https://*.preview.example.com"])
    )
    assert begun(edge, store).status_code == 201
    assert begun(edge, store, "https://a.preview.example.com/").json()["origin"] == (
        "https://a.preview.example.com"
    )
    for other in ("https://evil.example", "https://*.preview.example.com"):
        assert told(begun(edge, store, other))[:2] == (403, "origin_not_allowed")
    assert told(begun(edge, store, "no origin"))[:2] == (400, "invalid_origin")


def test_a_browser_gets_one_for_its_own_page_only(edge: ApiEdge, store: StoreRef) -> None:
    assert begun(edge, store, Origin=SHOP).status_code == 201
    refused = begun(edge, store, Origin="https://evil.example")
    assert told(refused)[:2] == (403, "origin_not_allowed")


def test_a_store_that_installed_the_app_anew_takes_none_of_before(
    edge: ApiEdge, store: StoreRef
) -> None:
    headers = bearer(edge, store)
    stores = table(Store)
    edge.database.write(
        lambda conn: conn.execute(
            sa.update(stores).where(stores.c.id == store.id).values(app_id="QXBwOjk5OTk=")
        )
    )
    edge.clock.advance(timedelta(minutes=6))
    assert told(edge.me(headers)) == (401, "invalid_token", "issuer")


def test_forged_and_garbled_ones_are_refused(edge: ApiEdge, store: StoreRef) -> None:
    good = bearer(edge, store)["Authorization"].removeprefix("Bearer ")
    head, payload, signature = good.split(".")
    other, _ = ShopperTokens(["another secret"]).issue(
        api_url=store.api_url,
        app_id=store.app_id,
        user_id=USER,
        origin=SHOP,
        now=edge.clock(),
    )
    for token in (
        other,
        f"{head}.{payload}",
        f"{head}.{payload}.",
        f"{head}..{signature}",
        f"{head}.{payload}x.{signature}",
        f"{head}.{payload}.{signature}.{signature}",
        f"{head}.{'a' * 5000}.{signature}",
    ):
        assert told(edge.me({"Authorization": f"Bearer {token}"}))[:2] == (401, "invalid_token")


def test_tokens_live_on_through_a_change_of_the_secret(edge: ApiEdge, store: StoreRef) -> None:
    token, expires_at = ShopperTokens(["old"]).issue(
        api_url=store.api_url, app_id="a", user_id=USER, origin=SHOP, now=edge.clock()
    )
    grant = ShopperTokens(["new", "old"]).open(token, now=edge.clock())
    assert (grant.user_id, grant.expires_at) == (USER, expires_at)
