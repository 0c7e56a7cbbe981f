"""Commands that run the app: serve, worker, migrate."""

import gc
import os
import signal
import threading
from types import FrameType
from typing import Annotated, ClassVar

import typer

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.cli.output import say
from saleor_loyalty_app.cli.session import Session, session_of
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.process import migrate_database, share_interpreter
from saleor_loyalty_app.settings import unknown_variables

#: Seconds that requests get to end when the process is asked to stop.
GRACE = 15
#: A request makes some thousand objects, and counts let go of most: Python's default of 700 looks
#: for circles several times in each, while every other request waits.
COLLECT_AFTER = (10_000, 20, 20)
logger = log.get(__name__)


class WorkerNeedsPostgres(AppError):
    """A SQLite file is for one process: `serve` works on it already."""

    code: ClassVar[str] = "worker_needs_postgres"
    status: ClassVar[int] = 400


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(serve)
    app.command()(worker)
    app.command()(migrate)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.", min=1, max=65535)] = 8000,
    proxies: Annotated[
        str, typer.Option(help="Addresses of proxies whose X-Forwarded-* headers are believed.")
    ] = "127.0.0.1",
    work: Annotated[
        bool,
        typer.Option("--work/--no-work", help="Also run jobs and schedules in this process."),
    ] = True,
) -> None:
    """Serve webhooks, pages and the REST API; a SQLite database is migrated first."""
    with session_of(context) as session:
        settings = session.settings
        if settings.is_sqlite:
            if not work:
                raise typer.BadParameter(
                    "a SQLite file is for one process, which has to do the work too",
                    param_hint="--no-work",
                )
            migrate_database(settings)
        _warn_of_unknown_variables()
        share_interpreter()
        process = session.process
        # Only here: the web's faces take two seconds to import, and other commands do without.
        import uvicorn

        from saleor_loyalty_app.app import build_app

        app = build_app(process, process.new_worker() if work else None)
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                proxy_headers=True,
                forwarded_allow_ips=proxies,
                server_header=False,
                ws="none",
                timeout_graceful_shutdown=GRACE,
            )
        )
        session.hand_over()
        # What is there now stays: to look at all of it would take a collection a tenth of a second.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT_AFTER)
        server.run()
        if not server.started:
            raise typer.Exit(1)


def worker(
    context: typer.Context,
    metrics_port: Annotated[
        int | None, typer.Option(help="Port for /metrics of this process.", min=1, max=65535)
    ] = None,
) -> None:
    """Run jobs and schedules only; any number of workers share them (PostgreSQL)."""
    with session_of(context) as session:
        if session.settings.is_sqlite:
            raise WorkerNeedsPostgres
        _warn_of_unknown_variables()
        share_interpreter()
        _work(session, metrics_port)


def migrate(context: typer.Context) -> None:
    """Bring the database to the tables of this version."""
    with session_of(context) as session:
        before, after = migrate_database(session.settings)
        if before == after:
            say(f"The database is up to date (revision {after}).")
        else:
            say(f"The database was migrated from revision {before or 'nothing'} to {after}.")


def _work(session: Session, metrics_port: int | None) -> None:
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    if metrics_port is not None:
        from prometheus_client import start_http_server

        start_http_server(metrics_port, registry=metrics.REGISTRY)
    running = session.process.new_worker()
    running.start()
    try:
        while not stop.wait(1):
            if not running.alive:
                raise RuntimeError("the worker's ticker has ended")
    finally:
        running.stop()


def _warn_of_unknown_variables() -> None:
    for name, meant in unknown_variables(dict(os.environ)).items():
        logger.warning("unknown_variable", variable=name, meant=meant or None)
