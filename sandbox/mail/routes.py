"""What arrived, for the page; and a gateway for text messages that takes JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from json import JSONDecodeError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.mail.mailbox import Mailbox

_LONGEST = 1000


def mail_routes(mailbox: Mailbox, now: Callable[[], datetime]) -> list[Route]:
    """`/_control/mails`, and `/sms` where text messages are handed over."""

    async def everything(_request: Request) -> Response:
        return JSONResponse(
            {"arrived": mailbox.everything()}, headers={"Cache-Control": "no-store"}
        )

    async def take_text(request: Request) -> Response:
        try:
            body = await request.json()
        except (JSONDecodeError, UnicodeDecodeError):
            body = None
        known = body if isinstance(body, dict) else {}
        to, text = known.get("to"), known.get("message")
        if not isinstance(to, str) or not isinstance(text, str) or not to or not text:
            return JSONResponse({"error": "to and message are needed"}, status_code=400)
        mailbox.take_text(to[:40], text[:_LONGEST], now())
        return JSONResponse({"taken": True})

    return [
        Route("/_control/mails", everything, methods=["GET"]),
        Route("/sms", take_text, methods=["POST"]),
    ]
