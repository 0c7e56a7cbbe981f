"""`make bench`: measures the figures of docs/performance.md.

python -m bench [--only PART,…] [--rounds N] [--seconds S] [--out FILE]
"""

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from bench import (
    history,
    in_process,
    nightly,
    over_http,
    preview,
    reads,
    redemptions,
    segments,
    shipping,
    shoppers,
)
from bench.figures import Figure
from bench.servers import Server, postgres
from saleor_loyalty_app import log
from saleor_loyalty_app.clock import system_clock

Measure = Callable[[Server, int, float, Callable[[str], None]], Iterator[Figure]]
PARTS: dict[str, Measure] = {
    "in-process": in_process.measure,
    "http": over_http.measure,
    "reads": reads.measure,
    "history": history.measure,
    "shipping": shipping.measure,
    "redemptions": redemptions.measure,
    "shoppers": shoppers.measure,
    "preview": preview.measure,
    "nightly": nightly.measure,
    "segments": segments.measure,
}
PACKAGES = ("sqlalchemy", "psycopg", "uvicorn", "fastapi", "msgspec", "django-hordak", "django")


@dataclass(frozen=True)
class Run:
    """What was measured, where and how."""

    machine: dict[str, Any]
    figures: list[Figure]

    def to_json(self) -> dict[str, Any]:
        """The run as JSON values."""
        return self.machine | {"figures": [figure.to_json() for figure in self.figures]}


def main(
    only: Annotated[str, typer.Option(help=f"Parts, with commas: {', '.join(PARTS)}.")] = "",
    rounds: Annotated[int, typer.Option(help="Interleaved rounds.", min=1)] = 3,
    seconds: Annotated[float, typer.Option(help="Length of one measurement.", min=1)] = 3,
    out: Annotated[Path, typer.Option(help="Where the JSON goes.")] = Path(
        "artifacts/bench/bench.json"
    ),
) -> None:
    """Measure the figures of docs/performance.md, each against its peer in the same run."""
    chosen = only.split(",") if only else list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        raise typer.BadParameter(f"there is no part {', '.join(sorted(unknown))}")
    log.configure(level="WARNING", form="console")
    console = Console(stderr=True)
    figures: list[Figure] = []
    before = os.getloadavg()
    with postgres() as server:
        for name in chosen:
            with console.status(name) as status:

                def tell(text: str, name: str = name, status: Any = status) -> None:
                    status.update(f"{name}: {text}")

                for figure in PARTS[name](server, rounds, seconds, tell):
                    figures.append(figure)
                    console.print(f"{name}: {figure.name}: {_value(figure, '; ')}")
        machine = describe(server, rounds, seconds, before)
    run = Run(machine, figures)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(run.to_json(), indent=2) + "\n", encoding="utf-8")
    out.with_suffix(".md").write_text(markdown_of(run), encoding="utf-8")
    Console().print(table_of(run))
    console.print(f"Written to {out} and {out.with_suffix('.md')}.")


def describe(
    server: Server, rounds: int, seconds: float, load_before: tuple[float, float, float]
) -> dict[str, Any]:
    """The machine, the versions and the way of measuring."""
    with psycopg.connect(server.url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
        commits = connection.execute("SHOW synchronous_commit").fetchone()
        fsync = connection.execute("SHOW fsync").fetchone()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "at": system_clock().isoformat(timespec="seconds"),
        "commit": commit.stdout.strip(),
        "machine": {
            "cores": os.cpu_count(),
            "architecture": platform.machine(),
            "system": platform.system(),
            "load_before": [round(one, 1) for one in load_before],
            "load_after": [round(one, 1) for one in os.getloadavg()],
        },
        "versions": {
            "python": platform.python_version(),
            "postgresql": row[0] if row else "",
            "sqlite": sqlite3.sqlite_version,
        }
        | {name: found for name in PACKAGES if (found := _version(name))},
        "settings": {
            "rounds": rounds,
            "seconds": seconds,
            "postgresql synchronous_commit": commits[0] if commits else "",
            "postgresql fsync": fsync[0] if fsync else "",
            "sqlite synchronous": "FULL",
        },
    }


def _version(name: str) -> str:
    """The version of a package; "" where it is not installed, as the peers may not be."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def table_of(run: Run) -> Table:
    """The figures for people."""
    table = Table(title="Saleor Loyalty: figures", show_lines=False)
    for heading in ("figure", "value", "peer", "ratio", "to reach", "verdict"):
        table.add_column(heading, justify="left" if heading in ("figure", "peer") else "right")
    group = ""
    for figure in run.figures:
        if figure.group != group:
            group = figure.group
            table.add_section()
            table.add_row(f"[bold]{group}[/bold]")
        table.add_row(
            figure.name,
            _value(figure),
            figure.peer,
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            _target(figure),
            {None: "", True: "[green]reached[/green]", False: "[red]missed[/red]"}[figure.reached],
        )
    return table


def markdown_of(run: Run) -> str:
    """The figures as tables in Markdown, one for each group."""
    lines: list[str] = []
    group = ""
    for figure in run.figures:
        if figure.group != group:
            group = figure.group
            lines += ["", f"**{group[0].upper()}{group[1:]}**", ""]
            lines += ["| figure | value | peer | ratio | to reach | |", "|---|---|---|---|---|---|"]
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        verdict = {None: "", True: "reached", False: "**missed**"}[figure.reached]
        value = _value(figure, "; ")
        cells = (figure.name, value, figure.peer, ratio, _target(figure), verdict)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines[1:], ""])


def _value(figure: Figure, between: str = "\n") -> str:
    notes = "".join(f"{between}{name} {value:,.1f}" for name, value in figure.notes.items())
    digits = 2 if figure.value < 10 else 0
    return f"{figure.value:,.{digits}f} {figure.unit}{notes}"


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    return f"{'≤' if figure.at_most else '≥'} {figure.target:g}"


if __name__ == "__main__":
    typer.run(main)
