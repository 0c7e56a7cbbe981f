"""Sandbox stores and the app in one process: what is sent over HTTP arrives, without sockets."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from sandbox import Sandbox
from sandbox.wire import Request as Sent
from sandbox.wire import Response as Answered

Responder = Callable[[httpx.Request], httpx.Response]


class Network:
    """Stores by their origin.

    `broken` replaces what an origin answers, `edit` changes GraphQL answers, `asked` is the log.
    """

    def __init__(self, *boxes: Sandbox) -> None:
        self.boxes = {httpx.URL(box.store.api_url).netloc.decode(): box for box in boxes}
        self.broken: dict[str, Responder] = {}
        self.edit: Callable[[dict[str, Any]], None] = lambda _answer: None
        self.asked: list[tuple[str, str]] = []

    def client(self) -> httpx.Client:
        """A client whose requests arrive at the stores."""
        return httpx.Client(transport=httpx.MockTransport(self))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        origin = request.url.netloc.decode()
        self.asked.append((request.method, str(request.url)))
        if origin in self.broken:
            return self.broken[origin](request)
        box = self.boxes.get(origin)
        if box is None:
            raise httpx.ConnectError(f"no store at {origin}", request=request)
        if request.url.path == "/.well-known/jwks.json":
            return httpx.Response(200, json=box.jwks())
        body = json.loads(request.content)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        answer = box.execute(body["query"], body.get("variables"), token or None)
        self.edit(answer)
        return httpx.Response(200, json=answer)


def sends_to(client: httpx.Client) -> Callable[[Sent], Answered]:
    """How a sandbox reaches the app that `client` is a client of."""

    def send(request: Sent) -> Answered:
        try:
            answer = client.request(
                request.method, request.url, headers=request.headers, content=request.body
            )
        except httpx.HTTPError as failure:
            raise OSError(str(failure)) from failure
        return Answered(answer.status_code, answer.content, answer.headers.get("content-type", ""))

    return send
