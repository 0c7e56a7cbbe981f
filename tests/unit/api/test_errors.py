"""Every failure leaves the app in one shape, in the reader's language."""

import asyncio
from typing import ClassVar

import httpx
import pytest
from fastapi import FastAPI

from saleor_loyalty_app.api import errors
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.rewards.errors import (
    BelowMinimumOrder,
    CurrencyWithoutRate,
    NotEnoughPoints,
)


class OutOfTea(AppError):
    """For these tests."""

    code: ClassVar[str] = "token_missing"
    status: ClassVar[int] = 401


def app() -> FastAPI:
    made = FastAPI()
    errors.install(made)

    @made.get("/tea")
    async def tea() -> None:
        raise OutOfTea

    @made.get("/fault")
    async def fault() -> None:
        raise ZeroDivisionError("the password is hunter2")

    @made.get("/cups")
    async def cups(count: int) -> int:
        return count

    return made


def ask(method: str, path: str, language: str = "en") -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            return await client.request(method, path, headers={"Accept-Language": language})

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "Please sign in: the request has no bearer token."),
        ("tr-TR,tr;q=0.9", "Lütfen giriş yapın: istekte bearer anahtarı yok."),
        ("fr", "Please sign in: the request has no bearer token."),
    ],
)
def test_a_failure_has_its_code_and_a_message_in_the_language(language: str, message: str) -> None:
    answer = ask("GET", "/tea", language)
    assert answer.status_code == 401
    assert answer.json() == {"error": {"code": "token_missing", "message": message, "detail": {}}}
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["vary"] == "Accept-Language"


def test_a_fault_of_ours_tells_nothing_of_itself() -> None:
    answer = ask("GET", "/fault")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nowhere", 404, "not_found"), ("POST", "/tea", 405, "method_not_allowed")],
)
def test_addresses_that_do_not_fit_have_codes_too(
    method: str, path: str, status: int, code: str
) -> None:
    answer = ask(method, path, "tr")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["content-language"] == "tr"


def test_a_field_that_cannot_be_used_is_named_with_its_problem() -> None:
    answer = ask("GET", "/cups?count=many")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "request_invalid")
    assert error["detail"]["fields"] == [
        {"field": "count", "problem": "int_parsing", "message": "it must be a whole number"}
    ]
    assert error["message"] == (
        "The request has values that cannot be used. count: it must be a whole number"
    )


def test_the_same_failure_on_two_statuses_is_documented_under_each() -> None:
    found = errors.documented((401, "token_missing", {}), (401, "invalid_token", {"reason": "x"}))
    assert set(found[401]["content"]["application/json"]["examples"]) == {
        "token_missing",
        "invalid_token",
    }


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "Points may be spent on goods of $20.00 and more; $4.50 are missing."),
        ("tr", "Puanlar, ürün tutarı $20,00 ve üzerindeyse harcanabilir; $4,50 eksik."),
    ],
)
def test_money_in_a_message_is_written_as_its_reader_writes_it(language: str, message: str) -> None:
    refusal = BelowMinimumOrder(minimum="20", missing="4.5", currency="USD")
    told = errors.detail_of(refusal, language)
    assert told.message == message
    assert told.detail == {"minimum": "20", "missing": "4.5", "currency": "USD"}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "There are not enough points: 90,000 needed, 1,250 to spend."),
        ("tr", "Puan yetersiz: 90.000 puan gerekiyor, harcanabilir puan 1.250."),
    ],
)
def test_a_number_in_a_message_is_too(language: str, message: str) -> None:
    told = errors.detail_of(NotEnoughPoints(available=1250, needed=90_000), language)
    assert told.message == message
    assert told.detail == {"available": 1250, "needed": 90_000}


def test_a_detail_with_a_currency_and_no_amounts_is_told_as_it_is() -> None:
    told = errors.detail_of(CurrencyWithoutRate(channel="17", currency="not a currency"), "en")
    assert told.message == "Points cannot be spent in not a currency in the channel “17”."
