"""A category is called by its name wherever a segment is told, as far as Saleor tells it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.repository import get_draft
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge, Data
from tests.integration.api.member_desk import MemberDesk
from tests.integration.api.test_rules_page import connection

WEAR = {"id": "Q2F0ZWdvcnk6MQ==", "slug": "shirts", "name": "Fine shirts", "parent": None}
SHARE = {"type": "category_share", "currency": "USD", "min": 60}
SEGMENTS = [
    {
        "id": "dressed",
        "names": {"en": "Dressed"},
        "rule": {
            "type": "any",
            "of": [{"type": "member_since", "min": 0}, {**SHARE, "category": "shirts"}],
        },
    },
    {"id": "gone", "names": {"en": "Gone"}, "rule": {**SHARE, "category": "hats"}},
]


@pytest.fixture
def desk(edge: ApiEdge, published: StoreRef) -> MemberDesk:
    """A member, and segments that look at a category that the store has, and one that is gone."""

    def write(conn: Any) -> None:
        document = dict(get_draft(conn, published.id).document) | {"segments": SEGMENTS}
        publish(conn, published, read_program(document), by="user:1", now=edge.clock())

    edge.database.write(write)
    made = MemberDesk(edge, published)
    made.join(1, "Ayşe", "Yılmaz")
    edge.clock.advance(timedelta(minutes=1))
    while segments_page(edge.database, published, now=edge.clock()):
        pass
    return made


@pytest.fixture
def asked(edge: ApiEdge) -> list[Data]:
    """What the store was asked."""
    seen: list[Data] = []

    def answer(variables: Data) -> Data:
        seen.append(variables)
        return connection("categories", WEAR)

    edge.saleor.answers["CatalogCategories"] = answer
    return seen


def sentences(desk: MemberDesk) -> list[str]:
    page = desk.send("GET", "segments")
    assert page.status_code == 200, page.text
    return [one["told"] for one in page.json()["segments"]]


def test_all_pages_of_segments_and_the_file_tell_its_name(
    desk: MemberDesk, asked: list[Data]
) -> None:
    dressed, gone = sentences(desk)
    assert "Fine shirts" in dressed
    assert "shirts" not in dressed.replace("Fine shirts", "")
    # Saleor knows no such category any more: its slug is what is left of it.
    assert "hats" in gone

    [member] = desk.send("GET", "segments/dressed/members").json()["items"]
    assert "Fine shirts" in member["why"][0]["of"][1]["condition"]
    standing = desk.send("GET", f"members/{member['member']}/segments").json()["segments"]
    assert "Fine shirts" in standing[0]["told"]
    header = desk.send("GET", "segments/dressed/members.csv").text.splitlines()[0]
    assert "Fine shirts" in header
    assert len(asked) == 1, "it is remembered"


def test_a_store_that_does_not_answer_keeps_no_page_back_and_is_left_alone_for_a_minute(
    edge: ApiEdge, desk: MemberDesk, asked: list[Data]
) -> None:
    answer = edge.saleor.answers["CatalogCategories"]
    edge.saleor.answers["CatalogCategories"] = httpx.Response(502)
    assert "shirts" in sentences(desk)[0]
    edge.saleor.answers["CatalogCategories"] = answer
    assert "Fine shirts" not in sentences(desk)[0]
    edge.clock.advance(timedelta(seconds=61))
    assert "Fine shirts" in sentences(desk)[0]

    edge.saleor.answers["CatalogCategories"] = httpx.Response(502)
    edge.clock.advance(timedelta(minutes=11))
    assert "Fine shirts" in sentences(desk)[0], "an old name is better than none"
    assert len(asked) == 1


def test_segments_that_look_at_no_category_ask_nothing(
    edge: ApiEdge, desk: MemberDesk, asked: list[Data]
) -> None:
    def write(conn: Any) -> None:
        rule = {"type": "orders", "min": 1}
        document = dict(get_draft(conn, desk.store.id).document) | {
            "segments": [{"id": "buyers", "names": {"en": "Buyers"}, "rule": rule}]
        }
        publish(conn, desk.store, read_program(document), by="user:1", now=edge.clock())

    edge.database.write(write)
    edge.clock.advance(timedelta(minutes=1))
    assert len(sentences(desk)) == 1
    assert asked == []
