"""An import is taken back: what is there goes, what was spent is told."""

# The fixtures are those of the file beside.
# ruff: noqa: F811

from datetime import timedelta

from saleor_loyalty_app import ledger
from saleor_loyalty_app.flows.reverse_member_import import remains_of
from saleor_loyalty_app.ledger import Account, Cause
from tests.integration.member_imports.stage import ImportStage
from tests.integration.member_imports.test_importing import (
    ADA,
    BOB,
    NOW,
    clock,  # noqa: F401
    file,
    stage,  # noqa: F401
)
from tests.order_books import entries_of


def test_a_reversal_takes_what_is_there_and_says_what_was_spent(stage: ImportStage) -> None:
    ada, bob = stage.join(ADA, "ada@example.com"), stage.join(BOB, "bob@example.com")
    done = stage.book(file("ada@example.com,A1,100,", "bob@example.com,A2,50,"))
    account = Account(stage.store.id, bob, "points")
    stage.database.write(
        lambda conn: ledger.earn(
            conn, account, 500, Cause("plugin:p:1", "points", "app"), key="own", now=NOW,
            effective_at=NOW, available_from=NOW, expires_at=None,
        )
    )  # fmt: skip
    stage.spend(ada, 60)
    stage.database.write(
        lambda conn: ledger.place_hold(
            conn, account, 20, key="h", source="t", now=NOW, deadline=NOW + timedelta(hours=1)
        )
    )
    before = stage.database.read(lambda conn: remains_of(conn, stage.store, done, now=NOW))
    assert (before.imported, before.there, before.members) == (150, 70, 2)
    assert (before.held, before.spent, before.expired) == (20, 60, 0)
    ended = stage.reverse(done.id)
    assert ended.state == "reversed"
    assert ended.reversal is not None
    assert (ended.reversal["taken"], ended.reversal["members"]) == (70, 2)
    assert stage.points(ada) == 0
    assert stage.points(bob) == 520
    kinds = [row.kind for row in stage.database.read(lambda conn: entries_of(conn, stage.store))]
    assert kinds.count("reverse") == 2
    assert stage.drifts() == []


def test_after_a_reversal_the_same_rows_bring_only_what_came_back(stage: ImportStage) -> None:
    ada = stage.join(ADA, "ada@example.com")
    text = file("ada@example.com,A1,100,", "bob@example.com,A2,50,", "cem@example.com,A3,9,")
    stage.book(text)
    stage.spend(ada, 60)
    stage.spend(stage.guest("cem@example.com"), 9)
    stage.reverse(1)
    again = stage.book(text.replace("A2,50", "A2,55"))
    assert stage.rows(again.id) == [
        (2, "booked", "partly_used_before"),
        (3, "booked", ""),
        (4, "there", "used_before"),
    ]
    assert stage.points(ada) == 40
    assert stage.points(stage.guest("bob@example.com")) == 55
    assert stage.points(stage.guest("cem@example.com")) == 0
    assert stage.drifts() == []
