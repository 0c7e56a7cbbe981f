"""Commands for webhooks and their handlers: migrate, new-handler, replay, inbox replay."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from saleor_loyalty_app.cli.arguments import AsJson, ExistingFile, StoreName, parse_moment
from saleor_loyalty_app.cli.output import complain, print_json, print_table, say
from saleor_loyalty_app.cli.session import Session, session_of
from saleor_loyalty_app.flows.migrate_webhooks import migrate_webhooks
from saleor_loyalty_app.flows.replay_inbox import Replay, Replayed, failures, read_recording
from saleor_loyalty_app.handlers.scaffold import new_handler
from saleor_loyalty_app.saleor.webhook_events import UnknownEvent

webhooks = typer.Typer(help="The webhooks of installed stores.", no_args_is_help=True)
inbox = typer.Typer(help="What arrived.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("new-handler")(write_handler)
    app.command()(replay)
    app.add_typer(webhooks, name="webhooks")
    app.add_typer(inbox, name="inbox")


@webhooks.command("migrate")
def migrate(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Bring the webhooks of a store (or of all) up to the handlers of this version."""
    with session_of(context) as session:
        process = session.process
        owners = [session.store(store)] if store else process.background.active_stores()
        changed = {
            owner.api_url: migrate_webhooks(
                process.services.access,
                owner,
                process.registry.webhooks,
                app_url=process.settings.app_url,
                dry_run=dry_run,
            )
            for owner in owners
        }
        if as_json:
            print_json(
                {
                    "dry_run": dry_run,
                    "stores": {
                        address: [
                            {"kind": one.kind, "name": one.name, "fields": one.fields}
                            for one in changes
                        ]
                        for address, changes in changed.items()
                    },
                }
            )
            return
        for address, changes in changed.items():
            if not changes:
                say(f"{address}: all webhooks are as they should be.")
                continue
            say(f"{address}: {'would change' if dry_run else 'changed'}")
            for change in changes:
                fields = f" ({', '.join(change.fields)})" if change.fields else ""
                say(f"  {change.kind} {change.name}{fields}")


def write_handler(
    event: Annotated[str, typer.Argument(help="Saleor's event, such as CUSTOMER_UPDATED.")],
    folder: Annotated[
        Path, typer.Argument(help="Where the plugin stands, or shall stand.", file_okay=False)
    ] = Path(),
) -> None:
    """Write a handler with its subscription document and its test, in a plugin of one's own."""
    try:
        made = new_handler(event, folder)
    except UnknownEvent as failure:
        raise typer.BadParameter(str(failure), param_hint="EVENT") from None
    for file in made.files:
        say(f"wrote {file}")
    if made.to_add:
        say("Add to the plugin's __init__.py:")
        for line in made.to_add:
            say(f"  {line}")
    if made.is_new_package:
        say(f"Next: pip install -e {folder} and restart the app.")


def replay(
    context: typer.Context,
    file: ExistingFile,
    handler: Annotated[
        str | None, typer.Option(help="Name of the handler; by the event if not given.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep what the handler wrote; else it is rolled back.")
    ] = False,
    store: StoreName = None,
) -> None:
    """Run a recorded webhook through its handler, as if it had just arrived."""
    with session_of(context) as session:
        owner = session.store(store)
        done = _replay(session).recording(
            read_recording(file), owner, now=session.clock(), handler=handler, keep=keep
        )
        kept = "kept" if keep else "rolled back"
        say(f"{done.event} went through {done.handler}; what it wrote was {kept}.")


@inbox.command("replay")
def replay_inbox(
    context: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Dead letters; all that wait if not given.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            parser=parse_moment, metavar="TIME", help="Replay what was accepted since then instead."
        ),
    ] = None,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Run dead letters, or what a store's inbox accepted, again; exits with 1 if any fails."""
    with session_of(context) as session:
        now = session.clock()
        if since is not None:
            if numbers:
                raise typer.BadParameter("stands alone", param_hint="--since")
            done = _replay(session).messages(session.store(store).id, since=since, now=now)
        else:
            store_id = session.store(store).id if store else None
            done = _replay(session).dead_letters(now=now, store_id=store_id, ids=numbers or ())
        _tell(done, as_json)
    if failures(done):
        raise typer.Exit(1)


def _replay(session: Session) -> Replay:
    process = session.process
    return Replay(
        process.database,
        process.registry.handlers,
        process.registry.plugin_handlers,
        process.email_keys,
    )


def _tell(done: list[Replayed], as_json: bool) -> None:
    if as_json:
        print_json({"replayed": done})
        return
    failed = failures(done)
    if failed:
        print_table(
            ("Number", "Handler", "Event", "Failure"),
            ((one.id, one.handler, one.event, one.failure) for one in failed),
        )
    message = f"{len(done) - len(failed)} understood, {len(failed)} failed."
    complain(message) if failed else say(message)
