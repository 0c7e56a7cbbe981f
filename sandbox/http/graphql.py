"""The GraphQL endpoint: POST, bearer tokens, any origin."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.http.service import Service

_PATHS = ("/graphql/", "/graphql")
_SCHEMES = ("Bearer ", "JWT ")


class _BadRequest(Exception):
    """The body is no GraphQL request."""


def graphql_routes(service: Service) -> list[Route]:
    """The endpoint, with and without its last slash."""

    async def answer(request: Request) -> Response:
        cors = _cors(request)
        if request.method == "OPTIONS":
            return Response(headers=cors)
        try:
            body = _read(await request.json())
        except (ValueError, _BadRequest):
            problem = {"errors": [{"message": "Unable to parse query."}]}
            return JSONResponse(problem, status_code=400, headers=cors)
        result = await run_in_threadpool(service.execute, token=_token(request), **body)
        refused = "data" not in result and not _is_token_problem(result)
        return JSONResponse(result, status_code=400 if refused else 200, headers=cors)

    return [Route(path, answer, methods=["POST", "OPTIONS"]) for path in _PATHS]


def _read(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise _BadRequest
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        raise _BadRequest
    return {
        "document": body["query"],
        "variables": variables,
        "operation_name": body.get("operationName"),
    }


def _token(request: Request) -> str | None:
    direct = request.headers.get("authorization-bearer")
    if direct:
        return direct
    header = request.headers.get("authorization", "")
    return next((header[len(s) :] for s in _SCHEMES if header.startswith(s)), None)


def _is_token_problem(result: dict[str, Any]) -> bool:
    codes = {
        error.get("extensions", {}).get("exception", {}).get("code")
        for error in result.get("errors", ())
    }
    return bool(codes & {"ExpiredSignatureError", "InvalidTokenError"})


def _cors(request: Request) -> dict[str, str]:
    origin = request.headers.get("origin")
    if origin is None:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": (
            "Origin, Content-Type, Accept, Authorization, Authorization-Bearer"
        ),
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }
