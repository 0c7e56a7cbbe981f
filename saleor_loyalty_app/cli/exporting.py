"""The command that writes everything of a store into one file."""

from pathlib import Path
from typing import Annotated

import typer

from saleor_loyalty_app.cli.output import complain, say
from saleor_loyalty_app.cli.session import session_of
from saleor_loyalty_app.flows.archive_store import write_archive


def add_to(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("export")(export)


def export(
    context: typer.Context,
    store: Annotated[str, typer.Argument(help="Id, host or API address of the store.")],
    file: Annotated[
        Path | None, typer.Argument(help="The ZIP; loyalty-export-<store>.zip if not given.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
) -> None:
    """Write everything of a store into one ZIP: tables (CSV), programs (JSON) and a README."""
    with session_of(context) as session:
        owner = session.store(store)
        path = file or Path(f"loyalty-export-{owner.id}.zip")
        if path.exists() and not force:
            complain(f"{path} is there already: give another name, or --force.")
            raise typer.Exit(1)
        half = path.with_name(f"{path.name}.part")
        try:
            with half.open("wb") as out:

                def take(data: bytes) -> None:
                    out.write(data)

                contents = write_archive(
                    session.database,
                    owner,
                    take,
                    clock=session.clock,
                    progress=lambda done: complain(f"{done} members …"),
                )
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
        points = sum(sums["entries"] for unit, sums in contents.points.items() if unit == "points")
        say(f"{path}: {sum(contents.rows.values())} rows, {points} points of {owner.api_url}.")
