"""Commands that look at the books: audit, explain, report."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from saleor_loyalty_app.cli.arguments import AsJson, StoreName, parse_moment, parse_month
from saleor_loyalty_app.cli.output import print_json, print_table, say
from saleor_loyalty_app.cli.session import session_of
from saleor_loyalty_app.flows.explain_entry import explain_entry
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.ledger import auditing, month_end

report = typer.Typer(help="Figures for accounting.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(audit)
    app.command()(explain)
    app.add_typer(report, name="report")


def audit(context: typer.Context, store: StoreName = None, as_json: AsJson = False) -> None:
    """Recompute all books from their entries; exits with 1 if anything does not add up."""
    with session_of(context) as session:
        store_id = session.store(store).id if store else None
        drifts = session.database.read(lambda conn: auditing.audit(conn, store_id), snapshot=True)
        if as_json:
            print_json({"drifts": drifts})
        elif drifts:
            print_table(
                ("Store", "Member", "Unit", "What", "Number", "Expected", "Found"),
                (
                    (
                        drift.store_id,
                        drift.member_id,
                        drift.unit,
                        translate(f"drift.{drift.check}", session.language),
                        drift.subject,
                        drift.expected,
                        drift.found,
                    )
                    for drift in drifts
                ),
            )
        else:
            say("The books add up.")
    if drifts:
        raise typer.Exit(1)


def explain(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(help="The number of the entry.")],
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Say why an entry has its amount."""
    with session_of(context) as session:
        owner = session.store(store)
        found = session.database.read(
            lambda conn: explain_entry(conn, owner.id, entry, language=session.language)
        )
        if as_json:
            print_json(found)
            return
        say(f"{found.entry_id}: {found.kind} {found.amount:+d} {found.unit}")
        for sentence in found.sentences:
            say(f"  {sentence}")


@report.command("roll-forward")
def roll_forward(
    context: typer.Context,
    month: Annotated[date, typer.Option(parser=parse_month, metavar="YYYY-MM", help="The month.")],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            parser=parse_moment, metavar="TIME", help="As it stood at this time; now if not given."
        ),
    ] = None,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Show opening + issued − redeemed − expired − reversed ± adjusted = closing of a month."""
    with session_of(context) as session:
        owner = session.store(store)
        moment = as_of or session.clock()
        rows = session.database.read(
            lambda conn: month_end.roll_forward(
                conn, owner.id, month, moment, tz=ZoneInfo(owner.timezone)
            ),
            snapshot=True,
        )
        if as_json:
            print_json({"month": f"{month:%Y-%m}", "as_of": moment, "rows": rows})
            return
        print_table(
            (
                "Channel",
                "Currency",
                "Unit",
                "Opening",
                "Issued",
                "Redeemed",
                "Expired",
                "Reversed",
                "Adjusted",
                "Closing",
            ),
            (
                (
                    row.channel or "–",
                    row.currency or "–",
                    row.unit,
                    row.opening,
                    row.issued,
                    row.redeemed,
                    row.expired,
                    row.reversed,
                    row.adjusted,
                    row.closing,
                )
                for row in rows
            ),
        )
