"""What is wrong or doubtful with a program in its store, and with what the store's books know."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.orders.imports import history_was_counted
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.programs.readable_part import every_problem
from saleor_loyalty_app.programs.unknown_facts import Fact, facts_of
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

_NUMBERS = frozenset({Fact.nth_order, Fact.member_orders})


def problems_of_program(
    conn: Connection, store: StoreRef, program: Program, *, now: datetime
) -> list[Problem]:
    """The problems of a well-formed program in its store, errors first."""
    today = now.astimezone(ZoneInfo(store.timezone)).date()
    found = check_program(program, channels(conn, store.id), today=today)
    return [*found, *_past_problems(conn, store, program)]


def problems_of_document(
    conn: Connection, store: StoreRef, document: object, *, now: datetime
) -> list[Problem]:
    """All problems of a document in its store, also where only a part of it can be read."""
    return every_problem(document, lambda part: problems_of_program(conn, store, part, now=now))


def _past_problems(conn: Connection, store: StoreRef, program: Program) -> Iterator[Problem]:
    """Rules that ask how many orders a customer had, where those from before are not in the books.

    The number is that of the orders in our books. Saleor's own count of a customer's orders holds
    unpaid, expired and canceled ones too, and is that of the moment in which it is read: a frozen
    plan could not rest on it.
    """
    asking = [
        place
        for place, rule in enumerate(program.earning.rules)
        if rule.enabled and facts_of(rule.when) & _NUMBERS
    ]
    if asking and not history_was_counted(conn, store.id):
        for place in asking:
            yield Problem("past_orders_not_counted", f"earning.rules[{place}].when", "warning")
