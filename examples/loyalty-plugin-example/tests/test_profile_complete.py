"""A complete profile is rewarded once, and only that of a member."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from loyalty_plugin_example import PLUGIN
from loyalty_plugin_example.profile_complete import POINTS, PROFILE_COMPLETE

from saleor_loyalty_app.ext import PluginBooks

AYSE = {"id": "VXNlcjo1", "firstName": "Ayşe", "lastName": "Yılmaz", "isStaff": False}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[PluginBooks]:
    opened = PluginBooks(tmp_path, PLUGIN)
    opened.add_member(str(AYSE["id"]))
    yield opened
    opened.close()


def test_a_complete_profile_is_rewarded_once(books: PluginBooks) -> None:
    books.deliver(PROFILE_COMPLETE, "CUSTOMER_UPDATED", user=AYSE)
    books.deliver(PROFILE_COMPLETE, "CUSTOMER_UPDATED", user=AYSE | {"lastName": "Demir"})
    assert books.points("VXNlcjo1") == POINTS


@pytest.mark.parametrize(
    "user",
    [
        AYSE | {"lastName": ""},
        AYSE | {"firstName": "  "},
        AYSE | {"isStaff": True},
        None,
    ],
)
def test_nothing_is_given_for_less(books: PluginBooks, user: object) -> None:
    books.deliver(PROFILE_COMPLETE, "CUSTOMER_UPDATED", user=user)
    assert books.points("VXNlcjo1") == 0


def test_who_is_no_member_gets_nothing(books: PluginBooks) -> None:
    books.deliver(PROFILE_COMPLETE, "CUSTOMER_UPDATED", user=AYSE | {"id": "VXNlcjo2"})
    assert books.points("VXNlcjo1") == 0
