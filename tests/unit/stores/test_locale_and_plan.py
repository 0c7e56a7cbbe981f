"""Small decisions about stores."""

from datetime import datetime

import pytest

from saleor_loyalty_app.flows.migrate_webhooks import Change, PresentWebhook, plan_changes
from saleor_loyalty_app.saleor.manifest import ManifestWebhook
from saleor_loyalty_app.stores.errors import UnknownLanguage, UnknownTimezone
from saleor_loyalty_app.stores.locale import (
    check_locale,
    language_of_country,
    last_day,
    timezone_of_country,
    usable_timezone,
)

APP = "https://app.example.com"
QUERY = "subscription { event { ... on OrderCreated { order { id } } } }"


@pytest.mark.parametrize(
    ("country", "language", "timezone"),
    [
        ("TR", "tr", "Europe/Istanbul"),
        ("tr", "tr", "Europe/Istanbul"),
        ("GB", "en", "Europe/London"),
        ("PL", "en", "Europe/Warsaw"),
        ("US", "en", "UTC"),
        ("", "en", "UTC"),
        ("XX", "en", "UTC"),
    ],
)
def test_a_country_gives_language_and_time_zone(country: str, language: str, timezone: str) -> None:
    assert (language_of_country(country), timezone_of_country(country)) == (language, timezone)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "America", "../etc/passwd", "/etc/localtime"])
def test_what_is_no_time_zone_is_refused_and_read_as_utc(name: str) -> None:
    with pytest.raises(UnknownTimezone):
        check_locale(name, "en")
    assert usable_timezone(name) == "UTC"
    assert usable_timezone("Europe/Istanbul") == "Europe/Istanbul"


@pytest.mark.parametrize(
    ("until", "timezone", "day"),
    [
        ("2027-03-08T00:00:00+03:00", "Europe/Istanbul", "2027-03-07"),
        ("2027-03-08T00:00:01+03:00", "Europe/Istanbul", "2027-03-08"),
        ("2027-03-07T20:59:59Z", "Europe/Istanbul", "2027-03-07"),
        ("2027-03-08T00:00:00+03:00", "America/New_York", "2027-03-07"),
        ("2027-03-08T00:00:00Z", "Mars/Olympus", "2027-03-07"),
    ],
)
def test_what_is_over_at_midnight_has_its_last_day_before(
    until: str, timezone: str, day: str
) -> None:
    assert last_day(datetime.fromisoformat(until), timezone).isoformat() == day


def test_a_language_without_texts_is_refused() -> None:
    check_locale("Asia/Tokyo", "tr")
    with pytest.raises(UnknownLanguage):
        check_locale("Asia/Tokyo", "xx")


def wanted(name: str) -> ManifestWebhook:
    return ManifestWebhook(
        name=name,
        target_url=f"{APP}/api/webhooks/{name}",
        query=QUERY,
        async_events=("ORDER_CREATED",),
    )


def present(id: str, name: str | None, path: str, base: str = APP) -> PresentWebhook:  # noqa: A002
    return PresentWebhook(
        id=id, name=name, target_url=f"{base}{path}", is_active=True, subscription_query=QUERY
    )


def kinds(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.webhook_id) for one in changes]


def test_of_two_webhooks_with_one_name_the_second_goes() -> None:
    changes = plan_changes(
        [present("1", "orders", "/api/webhooks/orders"), present("2", "orders", "/elsewhere")],
        [wanted("orders")],
        APP,
    )
    assert kinds(changes)[-1] == ("delete", "orders", "2")


def test_webhooks_of_others_are_left_alone() -> None:
    foreign = [
        present("7", "reports", "/hook", base="https://reports.example.com"),
        present("8", None, "/hook", base=f"{APP}.evil.example"),
    ]
    assert kinds(plan_changes(foreign, [wanted("orders")], APP)) == [("create", "orders", "")]


def test_an_unnamed_webhook_that_points_at_the_app_goes() -> None:
    changes = plan_changes([present("9", None, "/api/webhooks/gone")], [], APP)
    assert kinds(changes) == [("delete", f"{APP}/api/webhooks/gone", "9")]


def test_a_renamed_handler_keeps_its_webhook() -> None:
    changes = plan_changes([present("3", "old", "/api/webhooks/orders")], [wanted("orders")], APP)
    assert kinds(changes) == [("update", "orders", "3")]
    assert changes[0].fields == ("name", "events")
