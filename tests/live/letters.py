"""The letters that the store would mail to its shoppers, for what stands in them: one-time tokens.

Saleor tells them in events, so that an app can write the mails; an app of the suite's own listens.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.live import documents
from tests.live.patience import until
from tests.live.shop import Shop
from tests.ports import free_port

#: What is written to an address, by the event's type in GraphQL.
CONFIRM = "AccountConfirmationRequested"
PASSWORD = "AccountSetPasswordRequested"
ADDRESS = "AccountChangeEmailRequested"
DELETE = "AccountDeleteRequested"
_EVENTS = {
    CONFIRM: "ACCOUNT_CONFIRMATION_REQUESTED",
    PASSWORD: "ACCOUNT_SET_PASSWORD_REQUESTED",
    ADDRESS: "ACCOUNT_CHANGE_EMAIL_REQUESTED",
    DELETE: "ACCOUNT_DELETE_REQUESTED",
}


@dataclass
class Letters:
    """What came so far, the newest last."""

    came: list[dict[str, Any]] = field(default_factory=list)

    def token(self, kind: str, email: str) -> str:
        """The token in the newest letter of a kind about an account; waits for one."""

        def found() -> list[str]:
            return [
                one["token"]
                for one in list(self.came)
                if one["__typename"] == kind and one["user"]["email"] == email
            ]

        return until(found, lambda tokens: bool(tokens))[-1]


@contextlib.contextmanager
def letters(shop: Shop) -> Iterator[Letters]:
    """Listens to what the store writes to its shoppers."""
    box = Letters()

    class Slot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.came.append(json.loads(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing: its name is the base class's."""

    with ThreadingHTTPServer(("127.0.0.1", free_port()), Slot) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        wanted = {"name": "Live letters", "permissions": ["MANAGE_USERS"]}
        made = shop.ask(documents.APP_CREATE, {"input": wanted})
        app = made["appCreate"]["app"]["id"]
        try:
            kinds = " ".join(f"... on {kind} {{ token user {{ email }} }}" for kind in _EVENTS)
            wish = {
                "app": app,
                "name": "Letters",
                "targetUrl": f"http://127.0.0.1:{server.server_port}/",
                "asyncEvents": list(_EVENTS.values()),
                "isActive": True,
                "query": f"subscription {{ event {{ __typename {kinds} }} }}",
            }
            shop.ask(documents.WEBHOOK_CREATE, {"input": wish})
            yield box
        finally:
            shop.uninstall(app)
            server.shutdown()
