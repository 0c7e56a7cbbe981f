"""Tags of a member over the Dashboard API: read, put and taken away by who may."""

from typing import Any

import pytest

from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import AGENT, MemberDesk, told


@pytest.fixture
def desk(edge: ApiEdge, published: StoreRef) -> MemberDesk:
    return MemberDesk(edge, published)


def test_staff_put_tags_on_a_member_and_take_them_away(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    path = f"members/{ayse}/tags"
    assert desk.send("GET", path).json() == {"items": [], "most": 50}
    made = desk.send("POST", path, {"tag": "vip"})
    assert made.status_code == 201
    [line] = made.json()["items"]
    assert (line["tag"], line["orders"], line["by"]) == ("vip", 0, AGENT["email"])
    assert line["at"] is not None
    desk.send("POST", path, {"tag": "vip"})
    assert desk.send("GET", path).json() == made.json()
    assert desk.send("DELETE", f"{path}/vip").json()["items"] == []
    assert [(deed.kind, deed.subject) for deed in desk.deeds()] == [
        ("member_untagged", f"member:{ayse}"),
        ("member_tagged", f"member:{ayse}"),
    ]


def test_what_is_refused_says_why_in_both_languages(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    path = f"members/{ayse}/tags"
    assert told(desk.send("POST", path, {"tag": "Big spender"})) == (422, "tag_invalid")
    assert told(desk.send("DELETE", f"{path}/vip")) == (404, "tag_unknown")
    for number in range(50):
        assert desk.send("POST", path, {"tag": f"tag-{number}"}).status_code == 201
    full = desk.send("POST", path, {"tag": "vip"}, headers={"Accept-Language": "tr"})
    assert told(full) == (409, "tags_too_many")
    assert "50 etiket" in full.json()["error"]["message"]
    assert told(desk.send("POST", "members/999999/tags", {"tag": "vip"})) == (
        404,
        "member_not_found",
    )


def test_only_who_may_give_changes_tags(desk: MemberDesk) -> None:
    ayse = desk.join(1, "Ayşe", "Yılmaz")
    path = f"members/{ayse}/tags"
    sees: dict[str, Any] = {"user_permissions": ["MANAGE_ORDERS"]}
    assert desk.send("GET", path, **sees).status_code == 200
    assert told(desk.send("POST", path, {"tag": "vip"}, **sees)) == (403, "missing_user_permission")
    assert told(desk.send("DELETE", f"{path}/vip", **sees)) == (403, "missing_user_permission")
    own = desk.join(3, "Agent", "Smith", user_id=AGENT["user_id"], email=AGENT["email"])
    assert told(desk.send("POST", f"members/{own}/tags", {"tag": "vip"})) == (403, "own_account")
