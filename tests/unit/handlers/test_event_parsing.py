"""Bodies of webhooks, typed: what is unknown is skipped, what is impossible has a reason."""

import json
from decimal import Decimal

import pytest

from saleor_loyalty_app.saleor.event import (
    AppEvent,
    Envelope,
    MalformedEvent,
    OrderRefEvent,
    UserEvent,
    parse,
    parse_envelope,
    typename_of,
)
from saleor_loyalty_app.saleor.order_snapshot import Money


@pytest.mark.parametrize(
    ("event", "typename"),
    [
        ("ORDER_FULLY_PAID", "OrderFullyPaid"),
        ("FULFILLMENT_TRACKING_NUMBER_UPDATED", "FulfillmentTrackingNumberUpdated"),
        ("APP_DELETED", "AppDeleted"),
    ],
)
def test_the_type_of_an_event(event: str, typename: str) -> None:
    assert typename_of(event) == typename


def test_an_envelope_says_who_caused_the_event() -> None:
    body = b'{"issuingPrincipal": {"__typename": "App", "id": "QXBwOjE="}}'
    envelope = parse_envelope(body)
    assert envelope.issued_by("QXBwOjE=")
    assert not envelope.issued_by("QXBwOjI=")
    assert not parse_envelope(body.replace(b'"App"', b'"User"')).issued_by("QXBwOjE=")
    assert not parse_envelope(b'{"issuingPrincipal": null}').issued_by("QXBwOjE=")


@pytest.mark.parametrize(
    ("errors", "paths"),
    [
        (None, ()),
        ([], ()),
        ([{"path": ["order", "lines", 3, "variant"]}], ("order.lines.*.variant",)),
        ([{"path": ["a"]}, {"path": ["a"]}, {"message": "m"}], ("?", "a")),
        ("broken", ("?",)),
        ([None, 7], ("?",)),
    ],
)
def test_places_of_graphql_errors(errors: object, paths: tuple[str, ...]) -> None:
    assert parse_envelope(json.dumps({"errors": errors}).encode()).problem_paths() == paths


def test_a_missing_envelope_is_an_empty_one() -> None:
    assert parse_envelope(b"{}") == Envelope()
    assert parse_envelope(b"{}").recipient_id is None


@pytest.mark.parametrize("text", [r"a\u0000b", r"\\\u0000"])
def test_a_zero_character_is_refused_before_a_database_refuses_it(text: str) -> None:
    with pytest.raises(MalformedEvent) as caught:
        parse_envelope(f'{{"version": "{text}"}}'.encode())
    assert caught.value.reason == "zero_character"


@pytest.mark.parametrize("text", [r"\\u0000", r"\\\\u0000", "u0000"])
def test_text_that_only_looks_like_a_zero_character_is_text(text: str) -> None:
    assert parse_envelope(f'{{"version": "{text}"}}'.encode()).version is not None


@pytest.mark.parametrize("depth", [2_000, 1_000_000])
def test_nesting_beyond_the_parser_is_a_reason_not_a_crash(depth: int) -> None:
    with pytest.raises(MalformedEvent) as caught:
        parse_envelope(b'{"novelty": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}")
    assert caught.value.reason == "too_deep"


def test_the_place_of_a_wrong_shape_is_told_without_its_value() -> None:
    with pytest.raises(MalformedEvent) as caught:
        parse(b'{"user": {"id": 7, "email": "ayse@example.com"}}', UserEvent)
    assert caught.value.reason == "unexpected_shape"
    assert "$.user.id" in caught.value.place
    assert "ayse" not in str(caught.value)


def test_a_subject_is_known_by_its_id_also_where_the_rest_is_unreadable() -> None:
    body = b'{"orderRef": {"id": "T3JkZXI6MQ=="}, "order": {"id": "T3JkZXI6MQ==", "lines": 5}}'
    reference = parse(body, OrderRefEvent).order_ref
    assert reference is not None
    assert reference.id == "T3JkZXI6MQ=="


def test_an_app_without_permissions_shown_is_not_an_app_without_permissions() -> None:
    app = parse(b'{"app": {"id": "QXBwOjE=", "isActive": false}}', AppEvent).app
    assert app is not None
    assert (app.is_active, app.permissions) == (False, None)


@pytest.mark.parametrize(
    "amount", ["1e999999999", "-1e999999999", "1e-999999999", '"NaN"', '"inf"']
)
def test_amounts_that_would_eat_memory_are_no_money(amount: str) -> None:
    with pytest.raises(MalformedEvent):
        parse(f'{{"amount": {amount}}}'.encode(), Money)


@pytest.mark.parametrize(
    ("amount", "expected"), [("0", "0"), ("0.00", "0.00"), ("-12.345", "-12.345"), ("1e3", "1E+3")]
)
def test_amounts_are_exact(amount: str, expected: str) -> None:
    assert parse(f'{{"amount": {amount}}}'.encode(), Money).amount == Decimal(expected)
