"""Goodwill that a budget decides keeps to its month, and stops nobody else."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.adjustments.models import Adjustment
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows import decide_goodwill as decide_goodwill_module
from saleor_loyalty_app.flows import goodwill_news
from saleor_loyalty_app.flows.decide_goodwill import (
    give_automatic,
)
from saleor_loyalty_app.flows.each_row import Aside
from saleor_loyalty_app.flows.explain_entry import explain_entry
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.members.errors import MemberErased
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks import goodwill_tasks
from saleor_loyalty_app.tasks.background import Background
from tests.integration.goodwill.goodwill_stage import (
    LATE,
    bought,
    kind,
    opened,
    points,
    receive,
    sent,
    told,
)
from tests.order_books import KEYS, NOW, entries_of, live_store


def test_automatic_goodwill_that_is_refused_half_way_leaves_nothing_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = LATE["late_delivery"] | {"automatic": True}
    document = kind(late_delivery=late, automatic_points=300)
    store = database.write(lambda conn: live_store(conn, document))
    now = NOW + timedelta(days=4)
    receive(database, store, bought(), NOW)
    receive(database, store, sent(), now)
    [wanted] = database.read(lambda conn: prompts.automatic_ones(conn, store.id, limit=9))
    noting = goodwill_news.note_given

    def refused(*args: Any, **more: Any) -> None:
        noting(*args, **more)
        raise MemberErased

    before = points(database, store)
    monkeypatch.setattr(decide_goodwill_module, "note_given", refused)
    assert not database.write(lambda conn: give_automatic(conn, store, wanted, keys=KEYS, now=now))
    assert points(database, store) == before
    assert told(database, store) == []
    kept = sa.select(sa.func.count()).select_from(table(Adjustment))
    assert database.read(lambda conn: conn.execute(kept).scalar_one()) == 0
    [left] = opened(database, store)
    assert (left.state, left.automatic, left.given) == ("open", False, 0)


def test_automatic_goodwill_that_fails_keeps_no_other_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = LATE["late_delivery"] | {"automatic": True}
    document = kind(late_delivery=late, automatic_points=1000)
    store = database.write(lambda conn: live_store(conn, document))
    now = NOW + timedelta(days=4)
    for number in (1, 2):
        receive(database, store, bought(number), NOW)
        receive(database, store, sent(number), now)
    noting, ill = goodwill_news.note_given, ["1"]

    def fails(conn: sa.Connection, at: StoreRef, prompt: Prompt, *, now: datetime) -> None:
        noting(conn, at, prompt, now=now)
        if prompt.order_number in ill:
            raise LookupError("a prompt that nobody foresaw")

    monkeypatch.setattr(decide_goodwill_module, "note_given", fails)
    moment = [now]
    work = cast(
        Background,
        SimpleNamespace(
            database=database,
            clock=lambda: moment[0],
            email_keys=KEYS,
            aside=Aside(),
            active_stores=lambda: [store],
            threads=None,
        ),
    )
    goodwill_tasks.give_goodwill(work)
    assert len(told(database, store)) == 1
    [left] = opened(database, store)
    assert (left.order_number, left.state, left.automatic) == ("1", "open", True)
    [problem] = database.read(lambda conn: open_problems(conn, store.id))
    assert ": 1 failed" in problem.message
    ill.clear()
    moment[0] = now + timedelta(minutes=2)
    goodwill_tasks.give_goodwill(work)
    assert opened(database, store) == []
    assert database.read(lambda conn: open_problems(conn, store.id)) == []


def test_automatic_goodwill_keeps_to_its_month_and_leaves_the_rest_to_people(
    database: Database,
) -> None:
    late = LATE["late_delivery"] | {"automatic": True}
    document = kind(late_delivery=late, automatic_points=300)
    store = database.write(lambda conn: live_store(conn, document))
    now = NOW + timedelta(days=4)
    for number in (1, 2):
        receive(database, store, bought(number), NOW)
        receive(database, store, sent(number), now)
    ids = database.read(lambda conn: prompts.automatic_ones(conn, store.id, limit=9))
    given = [
        database.write(lambda conn, one=one: give_automatic(conn, store, one, keys=KEYS, now=now))  # type: ignore[misc]
        for one in [*ids, *ids]
    ]
    assert given == [True, False, False, False]
    [left] = opened(database, store)
    assert (left.order_number, left.automatic) == ("2", False)
    entry = database.read(lambda conn: entries_of(conn, store))[-1]
    assert (entry.amount, entry.actor) == (200, "app:goodwill")
    assert entry.reason["by_app"] is True
    for language, nobody in (
        ("en", "Given by the app, automatically."),
        ("tr", "Uygulama tarafından otomatik verildi."),
    ):
        why = database.read(
            lambda conn, wanted=language: explain_entry(conn, store.id, entry.id, language=wanted)  # type: ignore[misc]
        )
        assert why.sentences[1:] == (nobody,)
        assert "4" in why.sentences[0]
    assert database.read(lambda conn: prompts.stores_with_work(conn)) == set()
