"""What the people of the demo's store do through its GraphQL API."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from demo.failures import DemoFailed

STAFF = ("admin@example.com", "admin")
SHOPPER_PASSWORD = "password"  # noqa: S105 - of people who exist in the demo only

_SIGN_IN = """mutation ($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token errors { message } }
}"""


class Counter:
    """The counter of the store: whoever stands there asks in their own name."""

    def __init__(self, store_url: str) -> None:
        self._http = httpx.Client(base_url=store_url, timeout=30, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def sign_in(self, email: str, password: str = SHOPPER_PASSWORD) -> str:
        """A token that lives for five minutes of the store's time."""
        variables = {"email": email, "password": password}
        token: str = self.ask(_SIGN_IN, variables)["tokenCreate"]["token"]
        return token

    def ask(
        self, document: str, variables: Mapping[str, Any], token: str | None = None
    ) -> dict[str, Any]:
        """The data of the answer.

        Raises:
            DemoFailed: the store refused, with its words.
        """
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        body = {"query": document, "variables": dict(variables)}
        answer = self._http.post("/graphql/", json=body, headers=headers).json()
        data: dict[str, Any] = answer.get("data") or {}
        refusals = list(answer.get("errors") or ())
        for result in data.values():
            if isinstance(result, dict):
                refusals += result.get("errors") or ()
        if refusals:
            raise DemoFailed(f"The store refused: {refusals[0]['message']}")
        return data

    def advance(self, seconds: int) -> None:
        """Moves the store's clock."""
        self._http.post("/_control/clock", json={"advance_seconds": seconds}).raise_for_status()
