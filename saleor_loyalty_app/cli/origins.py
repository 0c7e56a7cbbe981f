"""`saleor-loyalty store origins`: whose pages may call the storefront API."""

from typing import Annotated

import typer

from saleor_loyalty_app.cli.arguments import AsJson, StoreName
from saleor_loyalty_app.cli.output import print_json, say
from saleor_loyalty_app.cli.session import session_of
from saleor_loyalty_app.stores.origins import origins_of, set_origins


def origins(
    context: typer.Context,
    named: Annotated[
        list[str] | None,
        typer.Argument(
            help="Origins such as https://shop.example.com or https://*.example.com; they replace "
            "those named before."
        ),
    ] = None,
    all_of_them: Annotated[
        bool, typer.Option("--any", help="Take pages of any origin again.")
    ] = False,
    none: Annotated[
        bool, typer.Option("--none", help="Take no browser at all: only servers may ask.")
    ] = False,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Show or set the origins whose browsers may call the storefront API for a store."""
    if sum((bool(named), all_of_them, none)) > 1:
        raise typer.BadParameter("name origins, or --any, or --none")
    with session_of(context) as session:
        owner = session.store(store)
        if named or all_of_them or none:
            wanted = None if all_of_them else (named or [])
            found = session.database.write(lambda conn: set_origins(conn, owner.id, wanted))
        else:
            found = session.database.read(lambda conn: origins_of(conn, owner.id))
        if as_json:
            print_json({"store": owner.api_url, "origins": found})
            return
        if found is None:
            say(f"{owner.api_url}: any origin")
        else:
            say(f"{owner.api_url}: {', '.join(found) or 'no browser'}")
