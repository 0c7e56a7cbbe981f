"""A file of members comes in: read a piece at a time, kept as rows, to be checked."""

import dataclasses
import hashlib
import itertools
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from sqlalchemy import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.member_imports import repository
from saleor_loyalty_app.member_imports.errors import FileTooLarge, MemberImportNotFound
from saleor_loyalty_app.member_imports.identity import identity_of
from saleor_loyalty_app.member_imports.repository import ImportRef
from saleor_loyalty_app.member_imports.rows import LARGEST_FILE, File, Row, read_file
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

#: So many rows are kept in one transaction.
PAGE = 500
LONGEST_NAME = 200


def take_member_file(
    db: Database,
    store: StoreRef,
    file: BinaryIO,
    name: str,
    *,
    actor: str,
    clock: Clock,
    keys: EmailKeys,
) -> ImportRef:
    """Reads a file in, and has its rows checked in the background; nothing is booked.

    What was kept of a file that turns out to be unreadable is deleted again.

    Args:
        name: of the file, as people know it.
        actor: "user:<id>" or "cli".

    Raises:
        FileTooLarge, FileEmpty, FileIsSpreadsheet, EncodingUnknown, FileUnreadable, HeaderUnknown,
        ColumnTwice, TooManyRows.
    """
    digest = _digest(file)
    found = read_file(file)
    now = clock()
    import_id = db.write(
        partial(_begin, store=store, found=found, name=name, digest=digest, actor=actor, now=now)
    )
    try:
        count = 0
        while page := list(itertools.islice(found.rows, PAGE)):
            db.write(partial(_keep, store=store, import_id=import_id, page=page, keys=keys))
            count += len(page)
    except AppError:
        db.write(partial(_drop, import_id=import_id))
        raise
    return db.write(
        partial(_ready, store=store, import_id=import_id, rows=count, actor=actor, now=clock())
    )


def _digest(file: BinaryIO) -> str:
    """SHA-256 of a file; nobody reads more than may be taken.

    Raises:
        FileTooLarge: it has more bytes.
    """
    file.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(64 * 1024):
        size += len(chunk)
        if size > LARGEST_FILE:
            raise FileTooLarge(maximum=LARGEST_FILE // 2**20)
        digest.update(chunk)
    return digest.hexdigest()


def _begin(
    conn: Connection,
    store: StoreRef,
    found: File,
    name: str,
    digest: str,
    actor: str,
    now: datetime,
) -> int:
    shown = "".join(letter for letter in name if letter.isprintable()).strip()
    return repository.add_import(
        conn,
        store.id,
        state="reading",
        file_name=shown[-LONGEST_NAME:] or "members.csv",
        file_hash=digest,
        encoding=found.format.encoding,
        delimiter=found.format.delimiter,
        ignored=list(found.header.ignored),
        actor=actor,
        created_at=now,
        updated_at=now,
    )


def _keep(
    conn: Connection, store: StoreRef, import_id: int, page: list[Row], keys: EmailKeys
) -> None:
    repository.add_rows(conn, list(_values(store.id, import_id, page, keys)))


def _values(
    store_id: int, import_id: int, page: list[Row], keys: EmailKeys
) -> Iterator[dict[str, Any]]:
    for row in page:
        values = dataclasses.asdict(row)
        problems = values.pop("problems")
        known: dict[str, Any] = {"who": "", "row_key": "", "digest": ""}
        if not problems:
            identity = identity_of(store_id, row, keys)
            known = {
                "who": identity.owners[0],
                "row_key": identity.keys[0],
                "digest": identity.digest,
            }
        first = problems[0] if problems else ("", "")
        yield {
            **values,
            **known,
            "store_id": store_id,
            "import_id": import_id,
            "state": "bad" if problems else "new",
            "column": first[0],
            "code": first[1],
            "problems": [list(one) for one in problems],
            "found": "",
            "worth": 0,
            "books_currency": "",
        }


def _drop(conn: Connection, import_id: int) -> None:
    while repository.delete_rows(conn, import_id, limit=5_000):
        pass
    repository.delete_import(conn, import_id)


def _ready(
    conn: Connection, store: StoreRef, import_id: int, rows: int, actor: str, now: datetime
) -> ImportRef:
    repository.change_import(conn, import_id, state="checking", rows=rows, updated_at=now)
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="member_file_taken",
        subject=f"member_import:{import_id}",
        after={"rows": rows},
        now=now,
    )
    taken = repository.find_import(conn, store.id, import_id)
    if taken is None:
        raise MemberImportNotFound(import_id=import_id)
    return taken
