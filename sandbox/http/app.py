"""The ASGI application of the store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.http.control import control_routes
from sandbox.http.graphql import graphql_routes
from sandbox.http.outage import Outage
from sandbox.http.service import Service
from sandbox.keys import StoreKey
from sandbox.mail.mailbox import Mailbox
from sandbox.mail.routes import mail_routes
from sandbox.mail.smtp import MailServer
from sandbox.pages import routes as page_routes
from sandbox.wire import ANSWER_SECONDS, Send, http_send, trusted


def create_app(
    *,
    version: str = "3.23",
    api_url: str = "http://127.0.0.1:8100/graphql/",
    seed: int = 1,
    state_file: Path | None = None,
    clock_file: Path | None = None,
    retry_scale: float = 1.0,
    key: StoreKey | None = None,
    answer_seconds: float = ANSWER_SECONDS,
    send: Send | None = None,
    mail_port: int | None = None,
) -> Starlette:
    """A store that serves, delivers and, with files given, remembers.

    An app has `answer_seconds` to answer; `send` takes the place of HTTP for what the store
    itself asks for (tests). With `mail_port` it takes mail for everybody there.

    Raises:
        UnreadableState: `state_file` or `clock_file` was not written by this program.
    """
    client = httpx.Client(trust_env=False, verify=trusted())
    service = Service(
        version=version,
        api_url=api_url,
        seed=seed,
        state_file=state_file,
        clock_file=clock_file,
        retry_scale=retry_scale,
        key=key,
        send=send or http_send(client, answer_seconds),
    )

    mailbox = Mailbox()

    def now() -> datetime:
        return service.clock.now()

    mails = (
        None
        if mail_port is None
        else MailServer(mail_port, lambda content, to: mailbox.take_mail(content, to, now()))
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        service.start()
        if mails is not None:
            await mails.start()
        try:
            yield
        finally:
            if mails is not None:
                await mails.stop()
            service.stop()
            await run_in_threadpool(client.close)

    routes: list[BaseRoute] = [
        *graphql_routes(service),
        Route("/.well-known/jwks.json", _jwks(service)),
        *control_routes(service),
        *mail_routes(mailbox, now),
        *page_routes(),
    ]
    outage = Middleware(Outage, faults=lambda: service.box.faults)
    app = Starlette(routes=routes, lifespan=lifespan, middleware=[outage])
    app.state.service = service
    return app


def _jwks(service: Service) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return JSONResponse(service.box.jwks())

    return answer
