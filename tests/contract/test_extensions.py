"""What the app shows in the Dashboard, under the rules of Saleor core and of the Dashboard.

Both sets of rules are written here by another hand than the manifest's own model: core's
`app/manifest_schema.py` and `manifest_validations.py`, the Dashboard's
`extensions/domain/app-extension-manifest*.ts` (zod) with its messages.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from saleor_loyalty_app.flows.app_extensions import EXTENSIONS, GIVE_POINTS
from saleor_loyalty_app.flows.app_manifest import manifest_for
from saleor_loyalty_app.saleor.manifest import (
    ExtensionOptions,
    HomeWidget,
    ManifestExtension,
    Method,
)
from saleor_loyalty_app.saleor.version import SchemaVersion, spoken_version

Data = dict[str, Any]
VERSIONS = ("3.22", "3.23", "3.24", "4.0")
BROWSER_URL = "https://loyalty-staff.example.com"
#: Where detail pages have a side bar for widgets.
WIDGET_MOUNTS = {
    "ORDER_DETAILS_WIDGETS", "PRODUCT_DETAILS_WIDGETS", "VOUCHER_DETAILS_WIDGETS",
    "DRAFT_ORDER_DETAILS_WIDGETS", "GIFT_CARD_DETAILS_WIDGETS", "CUSTOMER_DETAILS_WIDGETS",
    "COLLECTION_DETAILS_WIDGETS", "HOMEPAGE_WIDGETS",
}  # fmt: skip
#: Longer ones are cut in the Dashboard's menus and side bar.
SHORT = 24


def served(version: str) -> Data:
    manifest = manifest_for(
        (),
        app_url="https://loyalty.example.com",
        browser_url=BROWSER_URL,
        version=spoken_version(version),
    )
    return json.loads(json.dumps(manifest.as_json()))  # type: ignore[no-any-return]


def issues_of_the_dashboard(extension: Data) -> Iterator[str]:
    """What the Dashboard prints in red when the owner installs the app."""
    options = extension.get("options", {})
    target, mount = extension["target"], extension["mount"]
    if target == "WIDGET" and mount not in WIDGET_MOUNTS:
        yield "Mount is not available for WIDGET target."
    if "widgetTarget" in options and target != "WIDGET":
        yield "widgetTarget options must be set only on WIDGET target"
    if "newTabTarget" in options and target != "NEW_TAB":
        yield "newTabTarget options must be set only on NEW_TAB target"
    if target == "APP_PAGE" and not extension["url"].startswith("/"):
        yield 'APP_PAGE type of extension must start with "/"'
    if "homeWidgetTarget" in options and mount != "HOMEPAGE_WIDGETS":
        yield "homeWidgetTarget options can only be set on HOMEPAGE_WIDGETS mount"
    if "homeWidgetTarget" in options and target != "WIDGET":
        yield "homeWidgetTarget options can only be set on WIDGET target"
    if ({"views", "aliases"} & options.keys()) and mount != "SEARCH_ACTION":
        yield "views and aliases options can only be set on SEARCH_ACTION mount"
    if "views" in options and not options["views"]:
        yield "views must contain at least one view when provided"
    if len({"newTabTarget", "widgetTarget", "homeWidgetTarget"} & options.keys()) > 1:
        yield "Only one of 'newTabTarget' or 'widgetTarget' can be set."


def errors_of_core(manifest: Data) -> Iterator[str]:
    """What fails the installation."""
    seen: set[str] = set()
    for extension in manifest["extensions"]:
        if not extension["label"] or len(extension["label"]) > 256:
            yield "label"
        if not extension["url"].startswith("/") and not extension["url"].startswith("https://"):
            yield "Incorrect value for field: url."
        if extension["url"].startswith("/") and not manifest.get("appUrl"):
            yield "Incorrect value for field: url."
        if not set(extension["permissions"]) <= set(manifest["permissions"]):
            yield "Extension permission must be listed in App's permissions."
        identifier = extension.get("identifier")
        if identifier is not None and (identifier in seen or len(identifier) > 256):
            yield f"Duplicate extension identifier: {identifier}."
        seen.add(identifier)


@pytest.mark.parametrize("version", VERSIONS)
def test_neither_core_nor_dashboard_finds_an_issue(version: str) -> None:
    manifest = served(version)
    assert list(errors_of_core(manifest)) == []
    for extension in manifest["extensions"]:
        assert list(issues_of_the_dashboard(extension)) == [], extension["label"]


@pytest.mark.parametrize(
    ("version", "absent"),
    [
        ("3.22", {"HOMEPAGE_WIDGETS", "SEARCH_ACTION"}),
        ("3.23", set()),
        ("3.24", set()),
        ("4.0", set()),
    ],
)
def test_a_store_is_given_every_mount_that_its_saleor_has(version: str, absent: set[str]) -> None:
    mounts = {extension["mount"] for extension in served(version)["extensions"]}
    everything = {extension.mount for extension in EXTENSIONS}
    assert everything - mounts == absent
    assert everything == {
        "NAVIGATION_CUSTOMERS",
        "CUSTOMER_DETAILS_WIDGETS",
        "ORDER_DETAILS_WIDGETS",
        "VOUCHER_DETAILS_WIDGETS",
        "HOMEPAGE_WIDGETS",
        "CUSTOMER_DETAILS_MORE_ACTIONS",
        "SEARCH_ACTION",
    }


def test_every_widget_names_its_method_and_opens_with_the_app_bridge() -> None:
    for extension in served("3.23")["extensions"]:
        if extension["target"] != "WIDGET":
            continue
        key = "homeWidgetTarget" if "HOMEPAGE" in extension["mount"] else "widgetTarget"
        assert extension["options"][key]["method"] == "GET"


def test_the_home_widget_leaves_the_landing_page_to_the_dashboard() -> None:
    [home] = [one for one in served("3.23")["extensions"] if one["mount"] == "HOMEPAGE_WIDGETS"]
    assert home["options"]["homeWidgetTarget"]["fullscreen"] is False


def test_a_widget_of_a_customer_finds_the_popup_on_the_same_page() -> None:
    """The Dashboard opens only popups whose extension it loaded for the page that is shown."""
    [popup] = [one for one in served("3.23")["extensions"] if one["target"] == "POPUP"]
    assert popup["identifier"] == GIVE_POINTS
    assert popup["mount"].startswith("CUSTOMER_DETAILS_")


def test_the_search_knows_turkish_and_english_words() -> None:
    [search] = [one for one in served("3.23")["extensions"] if one["mount"] == "SEARCH_ACTION"]
    assert {"points", "rewards", "puan", "sadakat"} <= set(search["options"]["aliases"])
    assert "views" not in search["options"], "it is offered on every page"


def test_dashboards_that_leave_aliases_aside_find_the_search_action_by_its_label() -> None:
    """Seen on a Dashboard 3.23.27: fuse.js, threshold 0.3 and distance 100, over label and name."""
    [search] = [one for one in served("3.23")["extensions"] if one["mount"] == "SEARCH_ACTION"]
    label = search["label"].lower()
    for word in ("points", "sadakat", "puan"):
        assert 0 <= label.find(word) <= 30, word
    assert served("3.23")["name"].lower() == "loyalty"


def test_labels_are_short_and_show_once_in_each_place() -> None:
    for extension in EXTENSIONS:
        assert len(extension.label) <= SHORT
    places = [(extension.mount, extension.label) for extension in EXTENSIONS]
    assert len(set(places)) == len(places)


def test_whoever_may_see_an_extension_may_use_it() -> None:
    """The Dashboard hides an extension from who lacks one of its permissions; none asks for all."""
    for extension in EXTENSIONS:
        assert len(extension.permissions) == 1, extension.identifier


@pytest.mark.parametrize(
    "changes",
    [
        {"mount": "NAVIGATION_CUSTOMERS"},
        {"options": ExtensionOptions(home_widget_target=HomeWidget(method="GET"))},
        {"options": ExtensionOptions(new_tab_target=Method(method="GET"))},
        {"options": ExtensionOptions(aliases=("points",))},
        {"options": ExtensionOptions(views=("CUSTOMER_DETAILS",))},
        {"mount": "SEARCH_ACTION", "target": "APP_PAGE", "options": ExtensionOptions(views=())},
        {
            "mount": "SEARCH_ACTION",
            "target": "APP_PAGE",
            "options": ExtensionOptions(views=("CUSTOMER",)),
        },
        {"target": "APP_PAGE", "url": "https://elsewhere.example.com/", "options": None},
        {"url": "javascript:alert(1)"},
        {"label": ""},
    ],
)
def test_what_the_dashboard_would_refuse_is_refused_when_the_app_starts(changes: Data) -> None:
    good: Data = {
        "label": "Loyalty",
        "mount": "CUSTOMER_DETAILS_WIDGETS",
        "target": "WIDGET",
        "url": "/widget/customer",
        "options": ExtensionOptions(widget_target=Method(method="GET")),
    }
    ManifestExtension(**good)
    with pytest.raises(ValidationError):
        ManifestExtension(**{**good, **changes})


def test_a_mount_newer_than_the_extension_asks_for_is_guarded_too() -> None:
    for extension in EXTENSIONS:
        if extension.mount in ("HOMEPAGE_WIDGETS", "SEARCH_ACTION"):
            assert extension.oldest == SchemaVersion(3, 23)
