"""Text messages by a gateway that takes an HTTP request, described by a template."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import httpx

from saleor_loyalty_app.messages.channels.port import NotSent, Scope, TextMessage
from saleor_loyalty_app.messages.setup import PHONE_MARK, SECRET_MARK, TEXT_MARK, SmsGateway
from saleor_loyalty_app.saleor.errors import ForbiddenAddress, SaleorUnavailable
from saleor_loyalty_app.saleor.network import exchange

#: Seconds for a request, and bytes of its answer.
DEADLINE, LARGEST_ANSWER = 10.0, 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent to a gateway."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None = field(repr=False)


def request_of(gateway: SmsGateway, secret: str, message: TextMessage) -> Request:
    """The gateway's template with a message filled in.

    Raises:
        ValueError: the body is no JSON.
    """
    values = {PHONE_MARK: message.to, TEXT_MARK: message.text, SECRET_MARK: secret}
    url = _filled(gateway.url, values, lambda value: quote(value, safe=""))
    headers = {"Idempotency-Key": message.reference}
    if gateway.authorization:
        headers["Authorization"] = _filled(gateway.authorization, values, str)
    if gateway.method == "GET":
        return Request("GET", url, headers, None)
    if gateway.body_type == "form":
        pairs = parse_qsl(gateway.body, keep_blank_values=True)
        content = urlencode([(name, _filled(value, values, str)) for name, value in pairs])
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return Request("POST", url, headers, content.encode())
    headers["Content-Type"] = "application/json"
    body = json.dumps(_in_json(json.loads(gateway.body), values), ensure_ascii=False)
    return Request("POST", url, headers, body.encode())


def send_text(http: httpx.Client, gateway: SmsGateway, secret: str, message: TextMessage) -> None:
    """Hands a text message over. Any answer 2xx means that it was taken.

    Raises:
        NotSent: the gateway did not take it.
    """
    try:
        request = request_of(gateway, secret, message)
        answer = exchange(
            http,
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
            deadline=DEADLINE,
            limit=LARGEST_ANSWER,
        )
    except ForbiddenAddress:
        raise NotSent(Scope.server, "forbidden_address") from None
    except SaleorUnavailable as failure:
        raise NotSent(Scope.server, failure.reason) from None
    except (ValueError, httpx.InvalidURL):
        raise NotSent(Scope.server, "template") from None
    if not 200 <= answer.status < 300:
        raise _refusal(answer.status, answer.body[:300].decode("utf-8", "replace"))


def _refusal(status: int, answer: str) -> NotSent:
    if status in (401, 403, 404, 405) or 300 <= status < 400:
        return NotSent(Scope.server, "sign_in" if status in (401, 403) else "template", answer)
    if status in (408, 425, 429) or status >= 500:
        return NotSent(Scope.later, "busy", answer)
    return NotSent(Scope.message, "refused", answer)


def _filled(template: str, values: dict[str, str], written: Callable[[str], str]) -> str:
    """The template with its marks replaced at once: what is filled in is not read again."""
    pieces: list[str] = []
    rest = template
    while rest:
        found = [(at, mark) for mark in values if (at := rest.find(mark)) >= 0]
        if not found:
            break
        at, mark = min(found)
        pieces += [rest[:at], written(values[mark])]
        rest = rest[at + len(mark) :]
    return "".join([*pieces, rest])


def _in_json(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        return _filled(value, values, str)
    if isinstance(value, list):
        return [_in_json(one, values) for one in value]
    if isinstance(value, dict):
        return {name: _in_json(one, values) for name, one in value.items()}
    return value
