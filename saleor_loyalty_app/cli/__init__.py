"""The command `saleor-loyalty`."""

import sys
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import typer
from sqlalchemy.exc import DBAPIError
from typer.main import get_command

from saleor_loyalty_app import __version__, log
from saleor_loyalty_app.cli import (
    books,
    exporting,
    history,
    member_imports,
    messages,
    orders,
    programs,
    secrets,
    serving,
    stores,
    webhooks,
)
from saleor_loyalty_app.cli.output import complain, say
from saleor_loyalty_app.cli.session import Session, language_of_environment
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import LANGUAGES, translate
from saleor_loyalty_app.settings import SettingsInvalid

#: Exit codes: 1 = it could not be done, 2 = the call or the settings are wrong, 130 = interrupted.
DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="saleor-loyalty",
    help="Points for Saleor stores: serve the app, look after its books and stores.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
serving.add_to(app)
books.add_to(app)
orders.add_to(app)
history.add_to(app)
member_imports.add_to(app)
stores.add_to(app)
exporting.add_to(app)
webhooks.add_to(app)
messages.add_to(app)
app.add_typer(programs.app, name="program")
app.add_typer(secrets.app, name="secrets")


def _show_version(wanted: bool) -> None:
    if wanted:
        say(__version__)
        raise typer.Exit


@app.callback()
def start(
    context: typer.Context,
    language: Annotated[
        str | None, typer.Option(help=f"Language of texts: {', '.join(LANGUAGES)}.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Makes the session that all commands share."""
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="--language")
    context.obj = Session(language)


def main() -> None:
    """Runs the command line; failures are told in a sentence, never as a traceback."""
    sys.exit(run(sys.argv[1:]))


@cache
def command() -> Callable[..., Any]:
    """All commands, put together once from the functions and their arguments."""
    return get_command(app)


def run(arguments: list[str]) -> int:
    """Runs one command and gives its exit code."""
    try:
        command()(arguments, prog_name="saleor-loyalty")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else DONE
    except SettingsInvalid as failure:
        complain("The settings are not complete:")
        for problem in failure.problems:
            complain(f"  {problem}")
        return WRONG
    except AppError as failure:
        language = _language(arguments)
        complain(translate(f"error.{failure.code}", language, **failure.detail))
        return FAILED
    except DBAPIError as failure:
        complain(f"The database does not do its work: {log.describe(failure)}.")
        return FAILED
    except OSError as failure:
        name = f"{failure.filename}: " if failure.filename else ""
        complain(f"{name}{failure.strerror or failure}.")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return DONE


def _language(arguments: list[str]) -> str:
    if "--language" in arguments[:-1]:
        named = arguments[arguments.index("--language") + 1]
        if named in LANGUAGES:
            return named
    return language_of_environment()
