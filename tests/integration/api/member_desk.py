"""A store with a program and members, as staff at the desk see them; for tests."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import sqlalchemy as sa

from saleor_loyalty_app import ledger
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.members.refs import Enrollment, Person
from saleor_loyalty_app.members.service import member_for_guest, member_for_user
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.staff_actions import Action, page
from tests.api_edge import ApiEdge
from tests.audited import drifts_of
from tests.redemption_rows import give_points

API = "/api/dashboard/v1"
AGENT = {"user_id": "VXNlcjo5MQ==", "email": "agent@example.com"}
LEAD = {"user_id": "VXNlcjo5Mg==", "email": "lead@example.com"}


class MemberDesk:
    """Members of one store, and staff who work with them over the API."""

    def __init__(self, edge: ApiEdge, store: StoreRef) -> None:
        self.edge = edge
        self.store = store
        self._keys = 0

    def join(self, number: int, first_name: str, last_name: str, **values: Any) -> int:
        """A customer who is a member; gives the member's number."""
        person = Person(
            user_id=values.get("user_id", user_id(number)),
            email=values.get("email", f"{first_name.lower()}@example.com"),
            confirmed=values.get("confirmed", True),
            first_name=first_name,
            last_name=last_name,
            language=values.get("language", "tr"),
        )

        def write(conn: sa.Connection) -> int:
            known = member_for_user(
                conn,
                self.store.id,
                person,
                Enrollment(),
                keys=self.edge.app.state.faces.email_keys,
                now=self.edge.clock(),
            )
            return known.member.id

        return self.edge.database.write(write)

    def guest(self, email: str) -> int:
        """Somebody without an account."""
        keys = self.edge.app.state.faces.email_keys

        def write(conn: sa.Connection) -> int:
            now = self.edge.clock()
            return member_for_guest(conn, self.store.id, email, Enrollment(), keys=keys, now=now).id

        return self.edge.database.write(write)

    def earn(self, member: int, points: int) -> None:
        """Points that can be spent at once and never expire."""
        now = self.edge.clock()
        self.edge.database.write(
            lambda conn: give_points(conn, self.store, member, points, now=now)
        )

    def points(self, member: int) -> int:
        """What the member can spend."""
        account, now = Account(self.store.id, member, "points"), self.edge.clock()
        return self.edge.database.read(
            lambda conn: ledger.balance(conn, account, now=now)
        ).available

    def send(
        self,
        method: str,
        path: str,
        body: object | None = None,
        *,
        by: dict[str, str] = AGENT,
        **changes: object,
    ) -> httpx.Response:
        """One request of a staff member; `changes` are claims of their token or headers."""
        headers = dict(changes.pop("headers", None) or {})  # type: ignore[call-overload]
        sent = self.edge.staff(self.store, **by, **changes) | headers
        return self.edge.send(method, f"{API}/{path}", sent, body)

    def move(
        self,
        member: int,
        points: object,
        reason: str = "goodwill",
        note: str = "",
        *,
        by: dict[str, str] = AGENT,
        key: str = "",
        **changes: object,
    ) -> httpx.Response:
        """POST /members/{id}/points."""
        self._keys += 1
        body = {"points": points, "reason": reason, "note": note}
        headers = {"Idempotency-Key": key or f"wish-{self._keys}"}
        return self.send(
            "POST", f"members/{member}/points", body, by=by, headers=headers, **changes
        )

    def at_once(self, times: int, member: int, points: int, **more: Any) -> list[httpx.Response]:
        """The same click so many times at the same moment."""
        with ThreadPoolExecutor(times) as threads:
            clicks = [threads.submit(self.move, member, points, **more) for _ in range(times)]
            return [click.result() for click in clicks]

    def allow(self, per_day: int, per_month: int, email: str | None = None) -> None:
        """Sets a budget."""
        body = {"email": email, "per_day": per_day, "per_month": per_month}
        assert self.send("PUT", "allowances", body, by=LEAD).status_code == 200

    def find(self, query: str) -> list[str]:
        """The numbers of the members that GET /members gives."""
        answer = self.send("GET", f"members?{query}")
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    def deeds(self) -> list[Action]:
        """What staff did, the newest first."""
        return self.edge.database.read(lambda conn: page(conn, self.store.id, 100, None))

    def drifts(self) -> list[object]:
        """What does not add up in the books."""
        return list(self.edge.database.read(lambda conn: drifts_of(conn, self.store.id)))


def user_id(number: int) -> str:
    """A Saleor id of a customer."""
    return base64.b64encode(f"User:{number}".encode()).decode()


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a failure."""
    return answer.status_code, answer.json()["error"]["code"]
