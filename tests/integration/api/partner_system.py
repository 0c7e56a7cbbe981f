"""A system of a store with an API key, as it calls the partner API; for tests."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import LEAD, MemberDesk

API = "/api/partner/v1"
EVERYTHING = ["members:read", "members:identify", "members:write", "points:write"]


class PartnerSystem:
    """A system with a key that an owner made for it."""

    def __init__(self, edge: ApiEdge, store: StoreRef, **terms: Any) -> None:
        self.edge = edge
        self.store = store
        self.desk = MemberDesk(edge, store)
        # Saleor knows nobody whom a test does not name.
        edge.saleor.answers.setdefault("Shopper", {"user": None})
        wanted = {
            "name": "Cash registers",
            "scopes": EVERYTHING,
            "day_limit": 500,
            "must_sign": False,
        } | terms
        made = self.owner("POST", "", wanted)
        assert made.status_code == 201, made.text
        self.key: dict[str, Any] = made.json()["key"]
        self.token: str = made.json()["token"]
        self._wishes = 0

    def owner(self, method: str, path: str = "", body: object | None = None) -> httpx.Response:
        """A request of the owner about keys."""
        return self.desk.send(method, f"partner-keys{path}", body, by=LEAD)

    def send(
        self, method: str, path: str, body: object | None = None, *, token: str = "", **more: str
    ) -> httpx.Response:
        """One request of the system."""
        headers = {"Authorization": f"Bearer {token or self.token}"} | more
        return self.edge.send(method, f"{API}/{path}", headers, body)

    def look_up(self, **what: str) -> list[dict[str, Any]]:
        """POST /members/lookup."""
        answer = self.send("POST", "members/lookup", what)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def move(self, member: object, points: object, *, key: str = "", **what: Any) -> httpx.Response:
        """POST /members/{id}/points."""
        self._wishes += 1
        body = {"points": points, "reason": "shop_purchase", "note": "Receipt 4711"} | what
        return self.send(
            "POST",
            f"members/{member}/points",
            body,
            **{"Idempotency-Key": key or f"receipt-{self._wishes}"},
        )

    def at_once(self, wishes: list[tuple[int, int, str]]) -> list[httpx.Response]:
        """Wishes (member, points, key) sent at the same moment."""
        with ThreadPoolExecutor(len(wishes)) as threads:
            sent = [threads.submit(self.move, who, n, key=key) for who, n, key in wishes]
            return [one.result() for one in sent]
