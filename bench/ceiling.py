"""The ceiling: pgbench running the very SQL of one webhook, prepared, without any Python.

The statements are taken from a real run. What differs from order to order (ids, keys, the member)
is replaced by pgbench's variables, what the database hands out (new ids) is caught with \\gset, and
everything else stays a constant.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from bench.scene import CUSTOMERS, NOW, SECRETS, Scene
from bench.servers import Server
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.handlers.orders import ORDERS

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
#: Results whose columns later statements need: the table of the statement and the prefix of \gset.
CAUGHT = {
    "INSERT INTO order_state": "os_",
    "SELECT member.id, member.store_id": "m_",
}


@dataclass(frozen=True)
class Statement:
    """One statement as the driver got it."""

    text: str
    values: Mapping[str, Any]


#: Orders of the capture have numbers that no measurement reaches.
APART = 10**11
#: The numbers that pgbench draws are above those.
DRAWN_FROM = 10**12


def of(database: Database, scene: Scene) -> str:
    """The script of one webhook about a new order of a known member."""
    return script(database, capture(database, scene, APART), APART)


def capture(database: Database, scene: Scene, number: int) -> list[Statement]:
    """The statements of such a webhook, as they reach the driver."""
    seen: list[Statement] = []

    def note(_conn: Any, _cursor: Any, text: str, values: Any, _context: Any, _many: bool) -> None:
        seen.append(Statement(text, dict(values)))

    body = next(scene.bodies(number))
    event.listen(database.engine, "before_cursor_execute", note)
    outcome = receive(database, ORDERS, scene.store, body, now=NOW, secrets=SECRETS)
    event.remove(database.engine, "before_cursor_execute", note)
    if outcome is not Outcome.accepted:
        raise RuntimeError(f"the webhook to learn from was {outcome}")
    return seen


def script(database: Database, statements: Sequence[Statement], number: int) -> str:
    """The pgbench script: \\set lines, BEGIN, the statements, COMMIT."""
    with database.engine.connect() as connection:
        ids = connection.execute(
            sa.text("SELECT os.id, os.member_id FROM order_state os WHERE os.number = :number"),
            {"number": str(number)},
        ).one()
    known = {"order_state": ids[0], "member": ids[1]}
    lines = [
        f"\\set n random({DRAWN_FROM}, {2 * DRAWN_FROM})",
        f"\\set customer random(0, {CUSTOMERS - 1})",
        "BEGIN;",
    ]
    for statement in statements:
        text = _with_variables(statement, number, known)
        caught = next((CAUGHT[head] for head in CAUGHT if statement.text.startswith(head)), None)
        lines.append(f"{text} \\gset {caught}" if caught else f"{text};")
    return "\n".join([*lines, "COMMIT;", ""])


def _with_variables(statement: Statement, number: int, known: Mapping[str, int]) -> str:
    def value(match: re.Match[str]) -> str:
        return _value(match[1], statement.values[match[1]], number, known)

    return PLACEHOLDER.sub(value, " ".join(statement.text.split())).replace("%%", "%")


def _value(name: str, value: Any, number: int, known: Mapping[str, int]) -> str:
    if name.startswith("user_id") or (isinstance(value, str) and value.startswith("VXNlcjo")):
        return "('VXNlcjo' || (:customer)::text)"
    if name.startswith("order_state_id") or (name == "row_id" and value == known["order_state"]):
        return ":os_id"
    if name.removeprefix("e_").removeprefix("b_").removeprefix("l_").startswith("member_id"):
        if value != known["member"]:
            raise ValueError(f"a statement is about somebody else: {name}")
        return ":m_id"
    if name.endswith(("body_hash", "input_hash", "snapshot_hash")) and value:
        return "lpad((:n)::text, 64, '0')"
    if isinstance(value, str):
        return _text(value, number)
    return _constant(value)


def _text(value: str, number: int) -> str:
    padded = f"{number:012d}"
    for written, variable in ((padded, "lpad((:n)::text, 12, '0')"), (str(number), "(:n)::text")):
        if value != "" and written in value and not value.startswith("{"):
            before, _, after = value.partition(written)
            return f"({_quoted(before)} || {variable} || {_quoted(after)})"
    return _quoted(value)


def _constant(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    if isinstance(value, datetime):
        return f"'{value.isoformat()}'"
    if isinstance(value, int):
        return str(value)
    return _quoted(_json(value))


def _json(value: Any) -> str:
    wrapped = getattr(value, "obj", value)
    if isinstance(wrapped, bytes):
        return wrapped.decode()
    return wrapped if isinstance(wrapped, str) else json.dumps(wrapped)


def _quoted(text: str) -> str:
    """A literal; pgbench takes a colon before a letter for a variable, also inside quotes."""
    plain = text.replace("'", "''")
    if ":" not in plain:
        return f"'{plain}'"
    return "E'" + plain.replace("\\", "\\\\").replace(":", "\\x3a") + "'"


def run(server: Server, url: str, text: str, clients: int, seconds: float) -> float:
    """Transactions a second of pgbench with the script."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text)
        file.flush()
        done = subprocess.run(
            [
                str(server.programs / "pgbench"),
                *("--no-vacuum", "--protocol=prepared"),
                *("--client", str(clients), "--jobs", str(min(clients, 2))),
                *("--time", str(round(seconds)), "--file", file.name, url),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(tempfile.gettempdir()),
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or found is None:
        raise RuntimeError(done.stderr[-2000:])
    return float(found[1])
