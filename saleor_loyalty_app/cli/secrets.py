"""Commands for the secrets that encrypt the tokens of stores."""

import typer

from saleor_loyalty_app.cli.output import say
from saleor_loyalty_app.cli.session import session_of
from saleor_loyalty_app.stores.kept_secrets import rotate_kept
from saleor_loyalty_app.stores.secrets import TokenCipher, rotate

app = typer.Typer(help="The keys that encrypt tokens.", no_args_is_help=True)


@app.command("rotate")
def rotate_secrets(context: typer.Context) -> None:
    """Encrypt all tokens with the newest key of LOYALTY_SECRET_KEY, so that old ones may go."""
    with session_of(context) as session:
        cipher = TokenCipher(session.settings.secrets)
        tokens, kept = session.database.write(
            lambda conn: (rotate(conn, cipher), rotate_kept(conn, cipher))
        )
        say(f"{tokens} tokens and {kept} secrets of stores are encrypted with the newest key.")


@app.callback()
def group() -> None:
    """The keys that encrypt tokens."""
