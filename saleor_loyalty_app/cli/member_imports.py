"""The command that brings members and points from another system: import."""

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from saleor_loyalty_app.cli.arguments import AsJson, ExistingFile, StoreName
from saleor_loyalty_app.cli.output import print_json, print_table, say
from saleor_loyalty_app.cli.session import Session, session_of
from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.flows.import_members import require_import, start_member_import
from saleor_loyalty_app.flows.take_member_file import take_member_file
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.member_imports import repository
from saleor_loyalty_app.member_imports.repository import AT_WORK, ImportRef
from saleor_loyalty_app.queue import executors
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.member_import_tasks import import_pages

ACTOR = "cli"
#: So many lines of a file are told of on a terminal.
MOST_LINES = 50


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("import")(import_members)


def import_members(
    context: typer.Context,
    file: ExistingFile,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only report what the file would bring.")
    ] = False,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Bring members and points from another loyalty system, as a CSV file.

    Rows that are wrong are left out and told; what was booked before is not booked again. An import
    can be taken back on the page of settings.
    """
    with session_of(context) as session:
        owner = session.store(store)
        with file.open("rb") as opened:
            row = take_member_file(
                session.database,
                owner,
                opened,
                file.name,
                actor=ACTOR,
                clock=session.clock,
                keys=session.process.email_keys,
            )
        row = _follow(session, owner, row.id)
        if not dry_run and row.state == "checked":
            _start(session, owner, row.id)
            row = _follow(session, owner, row.id)
        if as_json:
            print_json(row)
            return
        _tell(session, row, dry_run=dry_run)


def _start(session: Session, store: StoreRef, import_id: int) -> None:
    now = session.clock()
    session.database.write(
        lambda conn: start_member_import(conn, store, import_id, actor=ACTOR, now=now)
    )


def _follow(session: Session, store: StoreRef, import_id: int) -> ImportRef:
    """Waits for the import; does the work itself where no worker is alive to do it."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        shown = progress.add_task("Import", total=None)
        while True:
            row = session.database.read(lambda conn: require_import(conn, store.id, import_id))
            progress.update(
                shown, description=row.state, total=row.rows or None, completed=row.handled
            )
            if row.state not in AT_WORK:
                return row
            if session.database.read(lambda conn: executors.alive(conn, now=system_clock())):
                time.sleep(0.5)
            else:
                import_pages(session.process.background, store)


def _tell(session: Session, row: ImportRef, *, dry_run: bool) -> None:
    report = row.booked or row.checked
    if report is None:
        say(f"Import {row.id}: {row.state}.")
        return
    wanted = "ready" if row.booked is None else "booked"
    points = sum(one["points"] for one in report["points"])
    people = sum(report["people"].values())
    would = "would be booked" if dry_run else "booked"
    number = report["rows"].get(wanted, 0)
    say(f"Import {row.id}: {number} of {row.rows} rows {would}: {points} points, {people} people.")
    print_table(
        ("What", "Why", "Rows"),
        (
            (state, translate(f"import_row.{code}", session.language), count)
            for state, codes in report["codes"].items()
            for code, count in codes.items()
        ),
    )
    lines = session.database.read(
        lambda conn: [
            (line, column, translate(f"import_row.{code}", session.language))
            for line, state, problems in repository.rows_with_problems(conn, row.id)
            if state == "bad"
            for column, code in problems
        ]
    )
    print_table(("Line", "Column", "What is wrong"), lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        say(f"… and {len(lines) - MOST_LINES} more.")
