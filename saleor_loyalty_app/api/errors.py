"""One shape for every failure that leaves the app over HTTP: `{"error": {code, message, detail}}`.

`code` is stable and for programs; `message` is for people, in the language of Accept-Language;
`detail` holds JSON values that complete it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import ceil
from typing import Any, ClassVar, TypeGuard

from babel.numbers import format_currency, format_decimal
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from starlette.exceptions import HTTPException

from saleor_loyalty_app import log
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import filled, language_of_header, translate

#: Status, code and detail of one failure of a route, for its documentation.
Refusal = tuple[int, str, Mapping[str, object]]
#: Statuses that say "not now": they tell when to try again.
_LATER = frozenset({429, 503, 504})
_AMOUNT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,6})?")
#: Codes of failures that Starlette and FastAPI find before any function of ours runs.
_HTTP_CODES = {
    400: "request_unreadable",
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
}


class RequestInvalid(AppError):
    """The request has fields that are missing or cannot be used; `fields` says which and why."""

    code: ClassVar[str] = "request_invalid"
    status: ClassVar[int] = 422


class NotFound(AppError):
    """There is nothing at this address."""

    code: ClassVar[str] = "not_found"
    status: ClassVar[int] = 404


class ErrorDetail(BaseModel):
    """What went wrong."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(description="Stable; compare this, never the message.")
    message: str = Field(description="For people, in the language of Accept-Language (en, tr).")
    detail: dict[str, JsonValue] = Field(description="Values that complete the message.")


class ErrorBody(BaseModel):
    """The body of every failure."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    error: ErrorDetail


def request_language(request: Request) -> str:
    """The language (en, tr) that fits the Accept-Language header of a request best."""
    return language_of_header(request.headers.get("accept-language"))


def install(app: FastAPI) -> None:
    """Makes `app` answer every failure in this shape, also those nobody expected."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_unknown)


def response_of(failure: AppError, language: str) -> JSONResponse:
    """The answer that tells of `failure` in `language`."""
    return _response(failure.code, failure.status, failure.detail, language, _headers(failure))


def detail_of(failure: AppError, language: str) -> ErrorDetail:
    """`failure` in `language`, to stand within an answer that is none."""
    return ErrorDetail.model_validate(_body(failure.code, failure.detail, language)["error"])


def invalid_input(failure: ValidationError, language: str) -> RequestInvalid:
    """The failure of one part of a request that was validated by itself."""
    problems = failure.errors(include_url=False, include_input=False)
    placed = [{**problem, "loc": ("body", *problem["loc"])} for problem in problems]
    return RequestInvalid(fields=_fields(placed, language))


def documented(*examples: Refusal) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route for OpenAPI from (status, code, detail) of its failures."""
    found: dict[int | str, dict[str, Any]] = {}
    for status, code, detail in examples:
        answer = found.setdefault(
            status,
            {
                "model": ErrorBody,
                "description": translate(f"status.{status}", "en"),
                "content": {"application/json": {"examples": {}}},
            },
        )
        answer["content"]["application/json"]["examples"][code] = {
            "value": _body(code, detail, "en")
        }
    return found


def _on_app_error(request: Request, failure: Exception) -> JSONResponse:
    if not isinstance(failure, AppError):
        raise TypeError("not an AppError") from failure
    if failure.status >= 500:
        log.get(__name__).error("request_failed", error_code=failure.code, exc_info=failure)
    return response_of(failure, request_language(request))


def _on_invalid_request(request: Request, failure: Exception) -> JSONResponse:
    if not isinstance(failure, RequestValidationError):
        raise TypeError("not a validation error") from failure
    language = request_language(request)
    return response_of(RequestInvalid(fields=_fields(failure.errors(), language)), language)


def _on_http_exception(request: Request, failure: Exception) -> JSONResponse:
    if not isinstance(failure, HTTPException):
        raise TypeError("not an HTTP exception") from failure
    code = _HTTP_CODES.get(failure.status_code, "request_refused")
    headers = dict(failure.headers or {})
    return _response(code, failure.status_code, {}, request_language(request), headers)


def _on_unknown(request: Request, failure: Exception) -> JSONResponse:
    log.get(__name__).error("request_failed", error_code=AppError.code, exc_info=failure)
    return response_of(AppError(), request_language(request))


def _response(
    code: str, status: int, detail: Mapping[str, object], language: str, headers: dict[str, str]
) -> JSONResponse:
    headers = {**headers, "Content-Language": language, "Cache-Control": "no-store"}
    headers["Vary"] = "Accept-Language"
    return JSONResponse(_body(code, detail, language), status_code=status, headers=headers)


def _body(code: str, detail: Mapping[str, object], language: str) -> dict[str, object]:
    text = filled(f"error.{code}", language, _words(detail, language))
    return {"error": {"code": code, "message": text, "detail": jsonable_encoder(dict(detail))}}


def _words(detail: Mapping[str, object], language: str) -> dict[str, object]:
    """`detail` as it stands in a sentence: lists of fields become their descriptions, and whole
    numbers are written as people of the language do.

    Of a detail with a currency, `<name>_money` is the amount `name` as people write it.
    """
    words: dict[str, object] = {
        name: ", ".join(value) if _are_words(value) else _number(value, language)
        for name, value in detail.items()
    }
    fields = words.get("fields")
    if isinstance(fields, list):
        words["fields"] = "; ".join(f"{one['field']}: {one['message']}" for one in fields)
    currency = detail.get("currency")
    if isinstance(currency, str):
        words |= {
            f"{name}_money": format_currency(Decimal(value), currency, locale=language)
            for name, value in detail.items()
            if isinstance(value, str) and _AMOUNT.fullmatch(value)
        }
    return words


def _number(value: object, language: str) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return format_decimal(value, locale=language)
    return value


def _are_words(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _headers(failure: AppError) -> dict[str, str]:
    headers: dict[str, str] = {}
    if failure.status == 401:
        headers["WWW-Authenticate"] = getattr(failure, "scheme", "Bearer")
    retry_after = getattr(failure, "retry_after", None)
    if failure.status in _LATER or retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(retry_after or 5)))
    return headers


def _fields(problems: Sequence[Mapping[str, Any]], language: str) -> list[dict[str, object]]:
    return [
        {
            "field": _name(problem["loc"]),
            "problem": problem["type"],
            "message": _problem(problem, language),
        }
        for problem in problems[:20]
    ]


def _name(location: Iterable[object]) -> str:
    """`("query", "first")` as `first`, `("body", "on")` as `on`."""
    parts = [str(part)[:100] for part in location]
    return ".".join(parts[1:]) or parts[0]


def _problem(problem: Mapping[str, Any], language: str) -> str:
    known = f"field.{problem['type']}"
    limits = {name: str(value) for name, value in problem.get("ctx", {}).items()}
    text = translate(known, language, **limits)
    return text if text != known else translate("field.other", language)
