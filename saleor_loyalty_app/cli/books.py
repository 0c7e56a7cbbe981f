"""Commands that look at the books: audit, explain, report."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy.engine import Connection

from saleor_loyalty_app.cli.arguments import AsJson, StoreName, parse_moment, parse_month
from saleor_loyalty_app.cli.output import print_json, print_table, say
from saleor_loyalty_app.cli.session import Session, session_of
from saleor_loyalty_app.flows.audit_counters import audit_all, audit_decided, audit_rows
from saleor_loyalty_app.flows.audit_words import advice_words, drift_words
from saleor_loyalty_app.flows.explain_entry import explain_entry
from saleor_loyalty_app.flows.mend_counters import mend_counters
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.ledger import month_end
from saleor_loyalty_app.ledger.auditing import Drift
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import all_stores

report = typer.Typer(help="Figures for accounting.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(audit)
    app.command()(explain)
    app.add_typer(report, name="report")


def audit(
    context: typer.Context,
    store: StoreName = None,
    mend: Annotated[
        bool,
        typer.Option("--mend", help="First add up anew budgets of campaigns and stock of rewards."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Recompute all books and counters from their rows; exits with 1 if anything is wrong."""
    with session_of(context) as session:
        database, language = session.database, session.language
        stores = [session.store(store)] if store else database.read(_every_store)
        mended = [one for owner in stores for one in _mended(session, owner)] if mend else []
        drifts = database.read(
            lambda conn: _drifts(conn, stores if store else None, session.clock()), snapshot=True
        )
        if as_json:
            print_json({"drifts": drifts, **({"mended": mended} if mend else {})})
        else:
            for one in mended:
                say(translate("mended", language, what=drift_words(asdict(one), language)))
            _tell_drifts(drifts, language)
    if drifts:
        raise typer.Exit(1)


def _every_store(conn: Connection) -> list[StoreRef]:
    return all_stores(conn, active_only=False)


def _drifts(conn: Connection, stores: list[StoreRef] | None, now: datetime) -> list[Drift]:
    """Of some stores, each by itself, or of all at once."""
    if stores is not None:
        return [drift for store in stores for drift in audit_all(conn, store, now=now)]
    decided = (audit_decided(conn, store, now=now) for store in _every_store(conn))
    return [*audit_rows(conn), *(drift for found in decided for drift in found)]


def _mended(session: Session, store: StoreRef) -> list[Drift]:
    return mend_counters(session.database, store, actor="cli", now=session.clock())


def _tell_drifts(drifts: list[Drift], language: str) -> None:
    if not drifts:
        say("The books add up.")
        return
    print_table(
        ("Store", "Member", "Unit", "What", "Number", "Expected", "Found"),
        (
            (
                drift.store_id,
                drift.member_id,
                drift.unit,
                drift_words(asdict(drift), language),
                drift.subject,
                drift.expected,
                drift.found,
            )
            for drift in drifts
        ),
    )
    for advice in dict.fromkeys(advice_words(drift.check, language) for drift in drifts):
        say(advice)


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
