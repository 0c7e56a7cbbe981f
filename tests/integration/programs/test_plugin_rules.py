"""Orders earn by what plugins work out, and what they earned outlives the plugin."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.programs import plugin_kinds, repository
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.plugin_kinds import Kinds
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_channel, make_store
from tests.integration.programs.test_explain_entry import CREATED, ids_of_entries, look_at, order
from tests.order_books import books_of
from tests.plugin_samples import KINDS, if_plugin, then_plugin
from tests.program_samples import PURCHASES, program_of, rule_of

BOTTLES = rule_of(
    then_plugin(points=4),
    "bottles",
    name={"en": "Bottles", "tr": "Şişeler"},
    when=if_plugin(units=2),
)
BAD = rule_of(then_plugin("acme.gives-negative"), "bad")


def live(conn: Connection) -> StoreRef:
    store = make_store(conn, timezone="Europe/Istanbul")
    repository.insert_revision(
        conn,
        store.id,
        program_of(PURCHASES, BOTTLES, BAD),
        by="u",
        now=CREATED,
        effective_from=CREATED - timedelta(days=1),
    )
    return store


def points(conn: Connection, store: StoreRef) -> int:
    return books_of(conn, store).balances.get(("VXNlcjox", "points"), 0)


def test_a_refund_uses_the_frozen_plan_when_the_plugin_is_gone(database: Database) -> None:
    def go(conn: Connection) -> None:
        with plugin_kinds.using(KINDS):
            store = live(conn)
            look_at(conn, store, order())
        assert points(conn, store) == 24 + 8

        with plugin_kinds.using(Kinds()):
            look_at(conn, store, order(refunded="12.35", minutes=30))
            assert points(conn, store) == 16
            for language, told in (("en", "2 bottles"), ("tr", "2 şişe")):
                earned, _ = explain_entries(
                    conn, store.id, ids_of_entries(conn, store), language=language
                )
                assert any(told in one for one in earned.sentences)
            look_at(conn, store, order(refunded="24.70", minutes=60))
            assert points(conn, store) == 0

    database.write(go)


def test_without_the_plugin_an_order_earns_by_the_other_rules(database: Database) -> None:
    def go(conn: Connection) -> None:
        with plugin_kinds.using(Kinds()):
            store = live(conn)
            look_at(conn, store, order())
            assert points(conn, store) == 24
        with plugin_kinds.using(KINDS):
            # The rule of the day decided, once.
            look_at(conn, store, order(minutes=30))
            assert points(conn, store) == 24

    database.write(go)


def test_only_a_process_that_has_the_plugin_publishes_its_rules(database: Database) -> None:
    program = program_of(PURCHASES, BOTTLES)

    def go(conn: Connection) -> None:
        store = make_store(conn)
        for slug, currency in (("default-channel", "USD"), ("channel-tr", "TRY")):
            make_channel(conn, store.id, slug=slug, currency=currency)
        with pytest.raises(ProgramInvalid) as refused, plugin_kinds.using(Kinds()):
            publish(conn, store, program, by="u", now=CREATED)
        errors = [one for one in problems_in(refused.value) if one.severity == "error"]
        assert {(one.code, one.path) for one in errors} == {
            ("plugin_kind_missing", "earning.rules[1].when.kind"),
            ("plugin_kind_missing", "earning.rules[1].then.kind"),
        }
        with plugin_kinds.using(KINDS):
            assert publish(conn, store, program, by="u", now=CREATED).created

    database.write(go)
