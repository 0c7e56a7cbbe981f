"""Durable jobs: declared with the type of their payload, enqueued in the caller's transaction."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

import msgspec
from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowSerializationFormat
from sqlalchemy.engine import Connection, Engine

from saleor_loyalty_app import shapes

Payload = TypeVar("Payload")

APPLICATION = "saleor-loyalty"
#: Raised only when jobs that are waiting could no longer be run by the new code.
APPLICATION_VERSION = "1"
QUEUE = "loyalty"
WORKFLOW = "loyalty_job"


@dataclass(frozen=True, slots=True)
class Job(Generic[Payload]):
    """A kind of work outside of a transaction, such as calling Saleor.

    Args:
        name: stable; stands in the database.
        payload: a type that msgspec reads and writes (dataclass, Struct). Ids, no personal data.
        attempts: how often it is tried before it is given up as failed.
        first_delay: the pause after the first failure; it doubles with each further one.
    """

    name: str
    payload: type[Payload]
    attempts: int = 8
    first_delay: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class BoundJob:
    """A job with the function that does it."""

    name: str
    attempts: int
    first_delay: timedelta
    run: Callable[[str], None]


def bind(job: Job[Payload], function: Callable[[Payload], None]) -> BoundJob:
    """Says that `function` does `job`. It may run more than once for the same payload."""

    def run(text: str) -> None:
        function(shapes.decode(text, job.payload))

    return BoundJob(job.name, job.attempts, job.first_delay, run)


def enqueue(
    conn: Connection,
    job: Job[Payload],
    payload: Payload,
    *,
    dedup_key: str,
    delay: timedelta = timedelta(0),
) -> None:
    """Enqueues `job` in the transaction of `conn`: it runs if and only if that commits.

    A second enqueue with the same key is ignored for as long as the first is kept (a week after it
    is done).

    Args:
        dedup_key: unique within the job, such as "<store id>:<inbox id>"; staff of a store see its
            failed jobs by the id at the beginning.
        delay: the least time until it runs, on the machine's clock.
    """
    options = job_options(f"{job.name}:{dedup_key}", delay=delay)
    text = msgspec.json.encode(payload).decode()
    client_of(conn.engine).enqueue_in_transaction(conn, options, job.name, text, 1)


def job_options(workflow_id: str, *, delay: timedelta) -> EnqueueOptions:
    """How DBOS is told of one attempt of a job."""
    options: EnqueueOptions = {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": workflow_id,
        "app_version": APPLICATION_VERSION,
        "application_name": APPLICATION,
        "serialization_type": WorkflowSerializationFormat.PORTABLE,
    }
    if delay > timedelta(0):
        options["delay_seconds"] = delay.total_seconds()
    return options


_clients: WeakKeyDictionary[Engine, DBOSClient] = WeakKeyDictionary()
_clients_lock = threading.Lock()


def client_of(engine: Engine) -> DBOSClient:
    """DBOS's writer for the transactions of `engine`; it opens no connection of its own."""
    with _clients_lock:
        client = _clients.get(engine)
        if client is None:
            client = DBOSClient(
                system_database_engine=engine,
                serializer=DBOSPortableJSONSerializer(),
                application_name=APPLICATION,
                lazy=True,
            )
            _clients[engine] = client
        return client
