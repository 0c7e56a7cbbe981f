"""The command that counts orders from before the program: import-history."""

import time
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from saleor_loyalty_app.cli.arguments import AsJson, StoreName
from saleor_loyalty_app.cli.output import print_json, print_table, say
from saleor_loyalty_app.cli.session import Session, session_of
from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.flows.import_choice import ImportChoice
from saleor_loyalty_app.flows.import_history import (
    ImportNotFound,
    start_history_import,
)
from saleor_loyalty_app.orders.imports import ImportRow, find_import
from saleor_loyalty_app.queue import executors
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.import_tasks import import_pages


class ImportMode(StrEnum):
    """Which orders count; see `flows.import_choice.ImportChoice`."""

    none = "none"
    days = "days"
    capped = "capped"
    status_only = "status_only"


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("import-history")(import_history)


def import_history(
    context: typer.Context,
    mode: Annotated[ImportMode, typer.Option(help="Which orders count, and for what.")],
    days: Annotated[int | None, typer.Option(help="Only orders of the last so many days.")] = None,
    cap: Annotated[int | None, typer.Option(help="The most points that a customer gets.")] = None,
    book: Annotated[
        bool, typer.Option("--book", help="Really count them; without it only a report is made.")
    ] = False,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Count orders from before the program; without --book it is only reported."""
    with session_of(context) as session:
        owner = session.store(store)
        choice = ImportChoice(mode.value, days, cap)
        now = session.clock()
        row = session.database.write(
            lambda conn: start_history_import(conn, owner, choice, dry_run=not book, now=now)
        )
        row = _follow(session, owner, row)
        if as_json:
            print_json(row)
            return
        counted = "counted" if book else "would be counted"
        say(f"{row.orders_seen} orders read, {row.orders_counted} {counted}.")
        print_table(
            ("What", "Number"),
            sorted((name, number) for name, number in row.report.get("orders", {}).items()),
        )
        print_table(
            ("Customers", "Number"),
            sorted((name, str(number)) for name, number in row.report.get("customers", {}).items()),
        )


def _follow(session: Session, store: StoreRef, row: ImportRow) -> ImportRow:
    """Waits for the import; does the work itself where no worker is alive to do it."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        shown = progress.add_task(f"Reading orders of {store.api_url}", total=None)
        while row.state == "running":
            if session.database.read(lambda conn: executors.alive(conn, now=system_clock())):
                time.sleep(0.5)
            else:
                import_pages(session.process.background, store)
            row = _reread(session, store, row)
            progress.update(shown, description=f"{row.orders_seen} orders of {store.api_url} read")
    return row


def _reread(session: Session, store: StoreRef, row: ImportRow) -> ImportRow:
    found = session.database.read(lambda conn: find_import(conn, store.id, row.id))
    if found is None:
        raise ImportNotFound(import_id=row.id)
    return found
