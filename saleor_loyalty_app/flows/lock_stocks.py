"""Stocks of rewards are locked in one order, by whoever takes more than one in a transaction."""

from collections.abc import Collection

from sqlalchemy import Connection

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perks import IssueReward
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.stores.refs import StoreRef


def lock_stocks(
    conn: Connection,
    store: StoreRef,
    rewards: Collection[str],
    redemption_ids: Collection[int] = (),
    *,
    before_budgets: bool = False,
) -> None:
    """Locks the stocks of rewards, and of those that redemptions drew and may give back.

    The caller holds all accounts that it works on. A single one is locked by being drawn, unless
    something is locked in between.

    Args:
        before_budgets: the caller locks budgets of campaigns next, which come after stocks.
    """
    if conn.dialect.name == "sqlite":
        return
    wanted = {*rewards, *claims.rewards_of(conn, redemption_ids)}
    if len(wanted) > (0 if before_budgets else 1):
        claims.lock_stocks(conn, store.id, wanted)


def rewards_of_rules(program: Program | None) -> set[str]:
    """The rewards, by id, that rules of a program give. Pure."""
    rules = () if program is None else program.earning.rules
    return {
        rule.then.reward for rule in rules if rule.enabled and isinstance(rule.then, IssueReward)
    }
