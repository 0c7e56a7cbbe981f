"""Logs: one object a line, keys from a list, no personal data."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import log
from saleor_loyalty_app.errors import AppError


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What production would write; strict logging is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    log.configure(stream=written)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    log._configure_events(strict=True)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_unknown_key_is_an_error_in_tests() -> None:
    with pytest.raises(log.UnknownLogKey, match="email"):
        log.get("x").debug("member_joined", store_id=1, email="ayse@example.com")


def test_production_drops_an_unknown_key_and_says_which(stream: io.StringIO) -> None:
    log.get("x").info("member_joined", store_id=1, email="ayse@example.com", token="t0k3n")
    (line,) = lines(stream)
    assert line["event"] == "member_joined"
    assert line["store_id"] == 1
    assert line["dropped_keys"] == ["email", "token"]
    assert "ayse" not in stream.getvalue()
    assert "t0k3n" not in stream.getvalue()


def test_no_allowed_key_is_one_that_would_hold_personal_data() -> None:
    personal = {"email", "token", "code", "payload", "body", "ip", "first_name", "last_name"}
    assert not personal & log.ALLOWED_KEYS


def test_a_long_value_is_cut(stream: io.StringIO) -> None:
    log.get("x").info("odd", reason="a" * 10_000)
    assert len(lines(stream)[0]["reason"]) == log.LONGEST_VALUE + 1


def test_an_exception_is_told_by_class_and_place_but_not_by_its_text(stream: io.StringIO) -> None:
    try:
        raise ValueError("ayse@example.com is wrong")
    except ValueError:
        log.get("x").exception("odd", store_id=1)
        logging.getLogger("a.library").exception("something of ours")
    own, foreign = lines(stream)
    for line in (own, foreign):
        assert line["error"] == "ValueError"
        assert line["error_at"][-1].endswith("not_by_its_text")
    assert "ayse" not in stream.getvalue()


def test_failures_are_described_without_the_data_in_them() -> None:
    class NotEnough(AppError):
        code = "not_enough"

    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as failed:
        connection.execute(sa.text("SELECT * FROM nowhere WHERE a = :a"), {"a": "ayse"})
    engine.dispose()
    assert log.describe(NotEnough(name="ayse")) == "NotEnough: not_enough"
    assert log.describe(FileNotFoundError(2, "No such file", "/home/ayse")) == (
        "FileNotFoundError: No such file"
    )
    described = log.describe(failed.value)
    assert described.startswith("OperationalError: no such table: nowhere")
    assert "ayse" not in described


def test_a_cause_is_told_too() -> None:
    failure = RuntimeError("also secret")
    failure.__cause__ = KeyError("secret")
    assert log.describe(failure) == "RuntimeError < KeyError"


def test_the_console_form_is_for_people() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    log.configure(form="console", stream=written)
    log.get("x").warning("app_started", store_id=7)
    root.handlers[:] = handlers
    root.setLevel(level)
    log._configure_events(strict=True)
    assert "app_started" in written.getvalue()
    assert "store_id=7" in written.getvalue()
