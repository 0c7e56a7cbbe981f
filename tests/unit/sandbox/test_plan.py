"""The quick way to payloads gives what graphql-core gives."""

import pytest

from sandbox.events import render as rendering
from sandbox.schema.plan import plan_for
from sandbox.schema.subscription_query import subscribed_events
from tests.contract.documents import FOLDER, complete
from tests.contract.stories import STORIES, Story
from tests.unit.sandbox.shopping import Shop, manifest, subscription

SUBSCRIPTIONS = {
    path.stem: complete(path) for path in sorted((FOLDER / "subscriptions").glob("*.graphql"))
}
TOLD = [story for story in STORIES if story.name != "bulk-import"]


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.name)
def test_both_engines_agree_on_every_event_of_a_story(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = story.stage()
    for _ in story.tell(stage, []):
        pass
    stage.app.permissions |= {"MANAGE_USERS", "MANAGE_CHECKOUTS"}
    compared = 0
    for query in SUBSCRIPTIONS.values():
        events = subscribed_events(query, "3.23")
        for emitted in [each for each in stage.box.emitted if each.event in events]:
            quick = stage.box.render(emitted, query, stage.app)
            with monkeypatch.context() as patch:
                patch.setattr(rendering, "plan_for", lambda _query, _version: None)
                slow = stage.box.render(emitted, query, stage.app)
            assert quick == slow
            compared += 1
    assert compared


def test_all_documents_of_the_app_have_a_plan() -> None:
    assert all(plan_for(query, "3.23") is not None for query in SUBSCRIPTIONS.values())


def test_directives_are_left_to_graphql_core() -> None:
    query = subscription("id number @skip(if: true)", "OrderCreated")
    shop = Shop.open()
    shop.buy()
    app = shop.box.install(manifest(query))
    payload = shop.box.render(shop.happened("ORDER_CREATED"), query, app)
    assert payload is not None
    assert payload["order"].keys() == {"id"}


def test_aliases_and_merged_selections_come_out_once() -> None:
    query = subscription(
        "total { gross { amount } } total { net { amount } } other: number", "OrderCreated"
    )
    shop = Shop.open()
    shop.buy()
    app = shop.box.install(manifest(query))
    payload = shop.box.render(shop.happened("ORDER_CREATED"), query, app)
    assert payload is not None
    assert payload["order"] == {
        "total": {"gross": {"amount": 167.4}, "net": {"amount": 155.0}},
        "other": "1",
    }
