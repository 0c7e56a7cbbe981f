"""Commands for stores: doctor, switch, list, locale, origins, export, erase."""

import sys
from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy.engine import Connection

from saleor_loyalty_app.cli.arguments import AsJson, StoreName
from saleor_loyalty_app.cli.origins import origins
from saleor_loyalty_app.cli.output import complain, print_json, print_table, say
from saleor_loyalty_app.cli.session import session_of
from saleor_loyalty_app.flows.doctor import Doctor
from saleor_loyalty_app.flows.erase_store import erase_store
from saleor_loyalty_app.flows.export_store import export_store
from saleor_loyalty_app.flows.findings import Status, is_well
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.repository import set_locale
from saleor_loyalty_app.stores.switches import Part, set_switch

store_group = typer.Typer(help="The stores that installed the app.", no_args_is_help=True)

_MARKS = {Status.OK: "✓", Status.WARN: "!", Status.FAIL: "✗"}


class Position(StrEnum):
    """Where a switch stands."""

    on = "on"
    off = "off"


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(doctor)
    app.command()(switch)
    store_group.command()(origins)
    app.add_typer(store_group, name="store")


def doctor(context: typer.Context, store: StoreName = None, as_json: AsJson = False) -> None:
    """Examine a live store and say how to mend what is wrong; exits with 1 if anything failed."""
    with session_of(context) as session:
        owner = session.store(store)
        process = session.process
        findings = Doctor(
            access=process.services.access,
            http=process.services.http,
            clock=process.clock,
            handlers=process.registry.webhooks,
            app_url=process.settings.app_url,
            browser_url=process.settings.browser_url,
            clock_is_real=process.settings.clock_file is None,
        ).examine(owner)
        if as_json:
            print_json(
                {
                    "well": is_well(findings),
                    "findings": [
                        {
                            "status": finding.status,
                            "code": finding.code,
                            "text": finding.text(session.language),
                            "mend": finding.mend(session.language),
                            "detail": finding.detail,
                        }
                        for finding in findings
                    ],
                }
            )
        else:
            for finding in findings:
                say(f"{_MARKS[finding.status]} {finding.text(session.language)}")
                if mend := finding.mend(session.language):
                    say(f"    {mend}")
    if not is_well(findings):
        raise typer.Exit(1)


def switch(
    context: typer.Context,
    part: Annotated[Part, typer.Argument(help="What to switch.")],
    position: Annotated[Position, typer.Argument(help="on or off.")],
    store: StoreName = None,
) -> None:
    """Stop or resume a part of a store's program; it takes effect within a minute."""
    with session_of(context) as session:
        owner = session.store(store)
        now, on = session.clock(), position is Position.on
        changed = session.database.write(lambda conn: set_switch(conn, owner.id, part, on, now))
        state = "is" if changed else "was already"
        say(f"{part.value.capitalize()} {state} {position.value} for {owner.api_url}.")


@store_group.command("list")
def list_stores(context: typer.Context, as_json: AsJson = False) -> None:
    """List the stores with their state."""
    with session_of(context) as session:
        stores = session.process.background.all_stores()
        troubled = session.database.read(
            lambda conn: {
                store.id: [problem.key for problem in open_problems(conn, store.id)]
                for store in stores
            }
        )
        if as_json:
            print_json(
                {"stores": [{"store": store, "problems": troubled[store.id]} for store in stores]}
            )
            return
        print_table(
            ("Id", "Address", "Saleor", "Active", "Off", "Problems"),
            (
                (
                    store.id,
                    store.api_url,
                    store.schema_version,
                    store.active,
                    ", ".join(part for part in Part if not getattr(store, f"{part}_on")) or "–",
                    ", ".join(troubled[store.id]) or "–",
                )
                for store in stores
            ),
        )


@store_group.command()
def locale(
    context: typer.Context,
    timezone: Annotated[
        str | None, typer.Option(help="Whose days and months count, such as Europe/Istanbul.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Of the app's own texts: en or tr.")] = None,
    store: StoreName = None,
) -> None:
    """Show or set the time zone and language that a store's days and texts follow."""
    with session_of(context) as session:
        owner = session.store(store)
        wanted = {"timezone": timezone or owner.timezone, "language": language or owner.language}
        if timezone or language:
            session.database.write(lambda conn: set_locale(conn, owner.id, **wanted))
        say(f"{owner.api_url}: {wanted['timezone']}, {wanted['language']}")


@store_group.command()
def export(
    context: typer.Context,
    file: Annotated[
        typer.FileTextWrite | None,
        typer.Argument(encoding="utf-8", help="Where to write to; standard output if not given."),
    ] = None,
    store: StoreName = None,
) -> None:
    """Write all rows of a store, one JSON object a line; tokens and keys are left out."""
    with session_of(context) as session:
        owner = session.store(store)
        out = file or sys.stdout

        def write(conn: Connection) -> int:
            count = 0
            for line in export_store(conn, owner.id):
                out.write(f"{line}\n")
                count += 1
            return count

        count = session.database.read(write, snapshot=True)
        complain(f"{count} rows of {owner.api_url} were written.")


@store_group.command()
def erase(
    context: typer.Context,
    store: Annotated[str, typer.Option("--store", help="Id, host or API address of the store.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase the personal data of a store that uninstalled the app; its books stay."""
    with session_of(context) as session:
        owner = session.store(store)
        if not yes:
            typer.confirm(f"Erase the personal data of all members of {owner.api_url}?", abort=True)
        erased = erase_store(session.database, owner, now=session.clock())
        say(f"The personal data of {erased} members of {owner.api_url} is erased.")
