"""Commands for messages: a test mail."""

from typing import Annotated

import typer
from sqlalchemy.engine import Connection

from saleor_loyalty_app.cli.arguments import StoreName
from saleor_loyalty_app.cli.output import say
from saleor_loyalty_app.cli.session import session_of
from saleor_loyalty_app.flows.preview_message import place_of_test, preview, send_test
from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.messages.addresses import is_mail_address
from saleor_loyalty_app.messages.channels.smtp import SmtpPlace
from saleor_loyalty_app.messages.kinds import KINDS, Kind
from saleor_loyalty_app.messages.rendering import Rendered


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("test-mail")(mail_a_test)


def mail_a_test(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="Where to send it.")],
    kind: Annotated[Kind, typer.Option(help="Which message.")] = Kind.points_earned,
    language: Annotated[
        str, typer.Option("--in", help=f"Language of the message: {', '.join(LANGUAGES)}.")
    ] = "",
    store: StoreName = None,
) -> None:
    """Send a message with sample figures, by the mail server that a store uses."""
    if not is_mail_address(address):
        raise typer.BadParameter("an address such as me@example.com", param_hint="ADDRESS")
    if not KINDS[kind].mailed:
        raise typer.BadParameter("this is never mailed", param_hint="--kind")
    with session_of(context) as session:
        owner = session.store(store)
        outbound, now = session.process.services.outbound, session.clock()

        def prepare(conn: Connection) -> tuple[SmtpPlace, Rendered]:
            place = place_of_test(conn, owner, outbound)
            return place, preview(conn, owner, kind, language or owner.language, outbound, now=now)

        place, rendered = session.database.read(prepare)
        send_test(outbound, place, rendered, address, now=now)
        say(f"{place.host}:{place.port} took a mail to {address}: {rendered.subject}")
