"""Commands that read orders from Saleor: reconcile."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from saleor_loyalty_app.cli.arguments import AsJson, StoreName, parse_moment
from saleor_loyalty_app.cli.output import print_json, say
from saleor_loyalty_app.cli.session import Session, session_of
from saleor_loyalty_app.flows.reconcile import (
    ReconcileReport,
    daily_pass,
    reconcile_after_restore,
    reconcile_changes,
)
from saleor_loyalty_app.stores.refs import StoreRef


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(reconcile)


def reconcile(
    context: typer.Context,
    since: Annotated[
        datetime | None,
        typer.Option(parser=parse_moment, metavar="TIME", help="Read what changed since then."),
    ] = None,
    after_restore: Annotated[
        bool, typer.Option("--after-restore", help="The database came from a backup.")
    ] = False,
    open_orders: Annotated[
        bool, typer.Option("--open", help="Also look at all open orders, as once a day.")
    ] = False,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Read from Saleor what changed, and book what webhooks did not tell."""
    if since and after_restore:
        raise typer.BadParameter("stands alone", param_hint="--after-restore")
    with session_of(context) as session:
        owner = session.store(store)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            progress.add_task(f"Reading orders of {owner.api_url}", total=None)
            reports = _run(session, owner, since, after_restore, open_orders)
        if as_json:
            print_json({"reports": reports})
            return
        for report in reports:
            orders = report.orders
            say(
                f"{orders.read} orders read, {orders.booked} booked, {orders.gone} gone, "
                f"{orders.torn} to be read again, {orders.failed} failed."
            )
            if report.rebuilt or report.missing:
                say(
                    f"{report.rebuilt} redemptions rebuilt from their vouchers, "
                    f"{len(report.missing)} not."
                )
            if report.campaign_vouchers or report.campaign_codes:
                say(
                    f"{report.campaign_vouchers} vouchers of campaigns learned or ended, "
                    f"{report.campaign_codes} codes that nobody knows of deleted in Saleor."
                )
            if report.campaigns_unknown:
                say(
                    "Vouchers of campaigns that the books do not have: "
                    f"{', '.join(report.campaigns_unknown)}. End them in Saleor, or plan them anew."
                )
    if any(report.orders.failed for report in reports):
        raise typer.Exit(1)


def _run(
    session: Session,
    store: StoreRef,
    since: datetime | None,
    after_restore: bool,
    open_orders: bool,
) -> list[ReconcileReport]:
    process = session.process
    source, keys = process.services.orders, process.email_keys
    if after_restore:
        return [
            reconcile_after_restore(
                process.database,
                store,
                source,
                clock=process.clock,
                secrets=keys,
                access=process.services.access,
            )
        ]
    reports = [
        reconcile_changes(
            process.database, store, source, clock=process.clock, secrets=keys, since=since
        )
    ]
    if open_orders:
        looked = daily_pass(
            process.database, store, source, clock=process.clock, secrets=keys, force=True
        )
        reports += [looked] if looked else []
    return reports
