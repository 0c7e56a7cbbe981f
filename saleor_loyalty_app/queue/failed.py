"""Jobs that were given up after their last attempt: listed for a store, and begun anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.queue.jobs import APPLICATION, client_of, job_options

_FAILED = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
#: Between the id of a job and the number of its beginnings, and that of its attempts.
_AGAIN, _ATTEMPT = "!", "#"


class JobUnknown(AppError):
    """The store has no such job that failed; perhaps it was begun anew already."""

    code: ClassVar[str] = "job_unknown"
    status: ClassVar[int] = 404


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that was given up. `failure` says why, without data; times are the machine's."""

    id: str
    name: str
    attempts: int
    failure: str
    began_at: datetime
    failed_at: datetime


class FailedJobs:
    """The failed jobs of all stores; each is asked for by its store.

    Args:
        names: of all jobs whose keys begin with the number of their store.
    """

    def __init__(self, database: Database, names: Sequence[str]) -> None:
        self._database = database
        self._names = tuple(names)

    def page(self, store_id: int, *, first: int, offset: int = 0) -> list[FailedJob]:
        """Failed jobs of a store, newest first."""
        return [_failed(status) for status in self._list(store_id, first=first, offset=offset)]

    def retry(
        self, store_id: int, job_id: str, note: Callable[[Connection, FailedJob], None]
    ) -> FailedJob:
        """Begins a job anew with all its attempts; twice at once begins it once.

        Args:
            note: writes down who did so, in the same transaction.

        Raises:
            JobUnknown: no failed job of the store has this id.
        """
        found = self._list(store_id, ids=[job_id])
        if not found:
            raise JobUnknown
        [status] = found
        job = _failed(status)
        name, payload, _ = status.input["args"]

        def begin(conn: Connection) -> None:
            options = job_options(_next_id(job_id), delay=timedelta(0))
            client_of(conn.engine).enqueue_in_transaction(conn, options, name, payload, 1)
            note(conn, job)

        self._database.write(begin)
        client_of(self._database.engine).delete_workflows([job_id])
        return job

    def _list(
        self,
        store_id: int,
        *,
        first: int | None = None,
        offset: int | None = None,
        ids: list[str] | None = None,
    ) -> list[Any]:
        if not self._names:
            return []
        engine = self._database.read(lambda conn: conn.engine)
        return client_of(engine).list_workflows(
            workflow_ids=ids,
            workflow_id_prefix=[f"{name}:{store_id}:" for name in self._names],
            status=_FAILED,
            application_name=APPLICATION,
            sort_desc=True,
            limit=first,
            offset=offset,
        )


def _failed(status: Any) -> FailedJob:
    name, _, attempt = status.input["args"]
    return FailedJob(
        id=status.workflow_id,
        name=str(name),
        attempts=int(attempt),
        failure=str(status.error or ""),
        began_at=_moment(status.created_at),
        failed_at=_moment(status.completed_at or status.updated_at or status.created_at),
    )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _next_id(job_id: str) -> str:
    """The id under which a job begins anew: the same for whoever asks at the same time."""
    root = job_id.partition(_ATTEMPT)[0]
    first, _, number = root.partition(_AGAIN)
    return f"{first}{_AGAIN}{int(number or 0) + 1}"
