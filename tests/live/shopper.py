"""A registered customer of the store, as the app's storefront API sees them."""

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tests.live import people
from tests.live.patience import insisted, refusal, until
from tests.live.scene import Scene

PASSWORD = "password-123"
#: Redemptions that are on their way to nowhere else.
AT_REST = frozenset({"attached", "consumed", "restored", "released", "expired", "failed"})


class Shopper:
    """A registered customer with the points that the app shows."""

    def __init__(self, scene: Scene, email: str = "", user: str = "") -> None:
        self.scene = scene
        self.email = email or f"live-{uuid.uuid4().hex[:10]}@example.com"
        self.user = user or people.customer(scene.shop, self.email, PASSWORD)
        self._token: tuple[str, float] | None = None

    def token(self) -> str:
        """An access token, renewed before its five minutes are over."""
        if self._token is None or time.monotonic() - self._token[1] > 200:
            self._token = (self.scene.shop.token(self.email, PASSWORD), time.monotonic())
        return self._token[0]

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        key: str = "",
    ) -> httpx.Response:
        """One call of the storefront API in the name of the shopper.

        Sent again, with the same key, while the app says that the store does not answer.
        """

        def send() -> httpx.Response:
            headers = {"Authorization": f"Bearer {self.token()}", "Accept-Language": "tr"}
            if key:
                headers["Idempotency-Key"] = key
            return httpx.request(
                method,
                f"{self.scene.app_url}/api/storefront/v1/{path}",
                json=body,
                headers=headers,
                timeout=60,
            )

        return insisted(send)

    def read(self, path: str) -> dict[str, Any]:
        """What a call that must succeed answers."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        read: dict[str, Any] = answer.json()
        return read

    def points(self) -> dict[str, Any]:
        """The shopper's points now."""
        points: dict[str, Any] = self.read("me")["points"]
        return points

    def history(self) -> list[dict[str, Any]]:
        """The newest movements."""
        entries: list[dict[str, Any]] = self.read("me/history")["entries"]
        return entries

    def tier(self) -> str | None:
        """The tier that the shopper is told of."""
        tier: str | None = self.read("me/tier")["tier"]
        return tier

    def left_of(self, reward: str) -> int:
        """How many of a reward there still are."""
        offers = self.read(f"me/rewards?channel={self.scene.shop.channel}")["rewards"]
        (left,) = [offer["left"] for offer in offers if offer["id"] == reward]
        assert isinstance(left, int)
        return left

    def wait_for(self, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Looks until the points are as expected."""
        return until(self.points, what)

    def earn(self, points: int) -> int:
        """Buys until at least so many points can be spent; gives how many there are.

        Under a program that makes points available with the payment.
        """
        variant = self.scene.priced()
        quantity = -(-points // int(variant.price * self.scene.rate))
        before = self.points()["available"]
        self.scene.order({variant.id: quantity}, email=self.email, token=self.token())
        there: int = self.wait_for(lambda now: now["available"] >= before + points)["available"]
        return there

    def redeem(self, checkout: str, points: int, *, key: str = "") -> httpx.Response:
        """Asks for points to be taken off a checkout."""
        return self.call(
            "POST",
            "redemptions",
            {"checkout_id": checkout, "points": points},
            key=key or uuid.uuid4().hex,
        )

    def redeemed(self, checkout: str, points: int) -> dict[str, Any]:
        """A redemption that is on its checkout; one that takes longer (202) is waited for."""
        answer = self.redeem(checkout, points)
        assert answer.status_code in (201, 202), answer.text
        redemption: dict[str, Any] = answer.json()
        return self.wait_for_state(redemption["id"], "attached")

    def not_redeemed(self, checkout: str, points: int) -> str:
        """Why points are not taken off a checkout, as a stable code.

        Told at once, or by the redemption when it fails: one that takes longer (202) is waited for.
        """
        answer = self.redeem(checkout, points)
        if answer.status_code != 202:
            return refusal(answer)
        path = f"redemptions/{answer.json()['id']}"
        seen = until(lambda: self.read(path), lambda seen: seen["state"] in AT_REST)
        assert seen["state"] == "failed", seen
        code: str = seen["error"]["code"]
        return code

    def wait_for_state(self, redemption: str, state: str) -> dict[str, Any]:
        """Looks until the redemption is in `state`."""
        return until(
            lambda: self.read(f"redemptions/{redemption}"), lambda seen: seen["state"] == state
        )

    def claimed(self, reward: str, **where: str) -> dict[str, Any]:
        """A reward that was taken, once it can be used.

        Args:
            where: `channel` for a code, `checkout_id` for a discount on that checkout.
        """
        answer = self.call("POST", f"me/rewards/{reward}/claims", where, key=uuid.uuid4().hex)
        assert answer.status_code in (201, 202), answer.text
        state = "in_cart" if "checkout_id" in where else "ready"
        return self.wait_for_claim(answer.json()["id"], state)

    def wait_for_claim(self, claim: str, state: str) -> dict[str, Any]:
        """Looks until the reward that was taken is in `state`."""
        return until(
            lambda: self.read(f"me/claims/{claim}"), lambda seen: bool(seen["state"] == state)
        )

    def undone(self, redemption: str) -> None:
        """Asks for the points back and waits until they are."""
        answer = self.call("DELETE", f"redemptions/{redemption}")
        assert answer.status_code in (200, 202), answer.text
        self.wait_for_state(redemption, "released")
