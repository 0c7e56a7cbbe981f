"""Commands for programs: show, schema, validate, diff, publish; programs are YAML files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from saleor_loyalty_app.cli.arguments import AsJson, StoreName, parse_moment
from saleor_loyalty_app.cli.costs import lines_beside_orders
from saleor_loyalty_app.cli.output import complain, print_json, print_table, say
from saleor_loyalty_app.cli.session import Session, session_of
from saleor_loyalty_app.flows.program_problems import problems_of_document
from saleor_loyalty_app.flows.publish_program import Preview, preview, publish, roll_back
from saleor_loyalty_app.handlers.registry import load_registry
from saleor_loyalty_app.programs import plugin_kinds, repository
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import Problem, problems_in
from saleor_loyalty_app.programs.schema import document_schema
from saleor_loyalty_app.programs.yaml_text import (
    parse_yaml,
    program_from_yaml,
    program_to_yaml,
)
from saleor_loyalty_app.stores.refs import StoreRef

app = typer.Typer(help="The program: its draft and its revisions.", no_args_is_help=True)

#: Who publishes from a command line.
AUTHOR = "cli"

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A program as YAML.")]
OptionalFile = Annotated[
    Path | None,
    typer.Argument(exists=True, dir_okay=False, help="A program as YAML; the draft if not given."),
]


From = Annotated[
    datetime | None,
    typer.Option(
        "--from", parser=parse_moment, metavar="TIME", help="In force from then; now if not given."
    ),
]


@app.command()
def show(
    context: typer.Context,
    revision: Annotated[int | None, typer.Option(help="The number of a revision.")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="The draft instead.")] = False,
    history: Annotated[bool, typer.Option("--history", help="The list of revisions.")] = False,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Print the program in force (or a revision, or the draft) as YAML."""
    with session_of(context) as session:
        owner = session.store(store)
        if history:
            _print_history(session, owner, as_json)
            return
        program = _program(session, owner, revision=revision, draft=draft)
        if as_json:
            print_json(program.document)
        else:
            typer.echo(program_to_yaml(program), nl=False)


@app.command()
def schema() -> None:
    """Print the JSON Schema of programs, with which editors check and complete them."""
    plugin_kinds.use(load_registry().kinds)
    print_json(document_schema())


@app.command()
def validate(
    context: typer.Context, file: File, store: StoreName = None, as_json: AsJson = False
) -> None:
    """Check a program against its store; exits with 1 if it could not be published."""
    with session_of(context) as session:
        owner = session.store(store)
        try:
            document = parse_yaml(file.read_text())
        except ProgramInvalid as failure:
            problems = problems_in(failure)
        else:
            problems = session.database.read(
                lambda conn: problems_of_document(conn, owner, document, now=session.clock())
            )
        if as_json:
            print_json({"problems": [problem.as_json() for problem in problems]})
        else:
            _tell(problems, session.language)
            if not problems:
                say("The program can be published.")
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


@app.command()
def diff(
    context: typer.Context,
    file: OptionalFile = None,
    effective_from: From = None,
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Say in words what publishing would change, what it costs, and who moves."""
    with session_of(context) as session:
        owner = session.store(store)
        program = program_from_yaml(file.read_text()) if file else None
        found = _preview(session, owner, program, effective_from)
        now = session.clock()
        beside = session.database.read(
            lambda conn: lines_beside_orders(
                conn,
                owner,
                program,
                start=effective_from or now,
                now=now,
                language=session.language,
            )
        )
        if as_json:
            print_json(
                {
                    "changes": found.changes,
                    "cost": found.cost,
                    "beside": beside,
                    "problems": [problem.as_json() for problem in found.problems],
                }
            )
            return
        _tell(found.problems, session.language)
        for change in found.changes:
            say(f"• {change.text}")
        for note in (*found.cost, *beside):
            say(note)
        if not found.changes:
            say("Nothing would change.")


@app.command("publish")
def publish_program(
    context: typer.Context,
    file: OptionalFile = None,
    effective_from: From = None,
    revision: Annotated[
        int | None, typer.Option("--roll-back-to", help="Publish this old revision again.")
    ] = None,
    note: Annotated[str, typer.Option(help="Why, for the list of revisions.")] = "",
    store: StoreName = None,
    as_json: AsJson = False,
) -> None:
    """Put a program into force: the draft, a YAML file or an old revision."""
    if revision is not None and (file or effective_from):
        raise typer.BadParameter("stands alone", param_hint="--roll-back-to")
    with session_of(context) as session:
        owner = session.store(store)
        now = session.clock()
        program = program_from_yaml(file.read_text()) if file else None
        try:
            published = session.database.write(
                lambda conn: (
                    roll_back(conn, owner, revision, by=AUTHOR, now=now, note=note)
                    if revision is not None
                    else publish(
                        conn,
                        owner,
                        program,
                        by=AUTHOR,
                        now=now,
                        effective_from=effective_from,
                        note=note,
                    )
                )
            )
        except ProgramInvalid as failure:
            _tell(problems_in(failure), session.language)
            raise typer.Exit(1) from None
        if as_json:
            print_json(
                {
                    "revision": published.revision.number,
                    "effective_from": published.revision.effective_from,
                    "created": published.created,
                    "warnings": [problem.as_json() for problem in published.warnings],
                }
            )
            return
        _tell(published.warnings, session.language)
        start = f"{published.revision.effective_from:%Y-%m-%d %H:%M} UTC"
        if published.created:
            say(f"Revision {published.revision.number} is published, in force from {start}.")
        else:
            say(f"Nothing changed: revision {published.revision.number} is the same program.")


def _program(session: Session, store: StoreRef, *, revision: int | None, draft: bool) -> Program:
    now = session.clock()
    if draft:
        return session.database.read(lambda conn: repository.get_draft(conn, store.id)).program()
    if revision is not None:
        return session.database.read(
            lambda conn: repository.revision_by_number(conn, store.id, revision)
        ).program
    found = session.database.read(lambda conn: repository.revision_at(conn, store.id, now))
    if found is None:
        complain("No program is in force; this is the draft.")
        return _program(session, store, revision=None, draft=True)
    return found.program


def _preview(
    session: Session, store: StoreRef, program: Program | None, start: datetime | None
) -> Preview:
    now = session.clock()
    return session.database.read(
        lambda conn: preview(
            conn, store, program, now=now, language=session.language, effective_from=start
        )
    )


def _print_history(session: Session, store: StoreRef, as_json: bool) -> None:
    heads = session.database.read(lambda conn: repository.revisions(conn, store.id, first=100))
    if as_json:
        print_json({"revisions": heads})
        return
    print_table(
        ("Number", "In force from", "Published", "By", "Note", "Called off"),
        (
            (
                head.number,
                head.effective_from,
                head.published_at,
                head.published_by,
                head.note,
                head.canceled_at or "",
            )
            for head in heads
        ),
    )


def _tell(problems: list[Problem] | tuple[Problem, ...], language: str) -> None:
    for problem in problems:
        complain(f"{problem.severity}: {problem.in_words(language)}")
