"""Who works in a process of the app, and what it did before: names for the steps that it takes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.saleor.webhooks import Intake
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows import drive_redemption
from saleor_loyalty_app.flows.redemption_work import Work
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.queue.engine import JobEngine
from saleor_loyalty_app.queue.worker import Worker
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.steps import next_step
from saleor_loyalty_app.tasks import per_store

_scope: ContextVar[str] = ContextVar("scope", default="process")
#: What was done in a step of a redemption; nothing of the kind is kept elsewhere.
_past: ContextVar[list[str] | None] = ContextVar("past", default=None)


def replace(owner: object, name: str, stand_in: Any) -> None:
    """Puts `stand_in` where the app has something of this name, for the rest of the process."""
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name}: the app was changed, this test was not")
    setattr(owner, name, stand_in)


def present() -> str:
    """Who works on this thread; in a redemption's step also what was asked and written before."""
    past = _past.get()
    return _scope.get() if past is None else f"{_scope.get()} ({', '.join(past)})"


def remember(what: str) -> None:
    """Something was asked or committed."""
    past = _past.get()
    if past is not None:
        past.append(what)


@contextmanager
def _within(scope: str, past: list[str] | None = None) -> Iterator[None]:
    named, passed = _scope.set(scope), _past.set(past)
    try:
        yield
    finally:
        _scope.reset(named)
        _past.reset(passed)


def name_scopes() -> None:
    """From now on it is known which schedule, job, handler or request works."""
    run_schedule, one_store = Worker._run, per_store._one
    attempt, booked = JobEngine._attempt, Intake._booked
    spend, release = Spender.spend, Spender.release

    def named_schedule(worker: Worker, schedule: Any) -> None:
        with _within(schedule.name):
            run_schedule(worker, schedule)

    def named_store(name: str, *more: Any) -> bool | None:
        with _within(name):
            return one_store(name, *more)

    def named_job(engine: JobEngine, name: str, payload: str) -> str:
        with _within(name):
            return attempt(engine, name, payload)

    async def named_webhook(intake: Intake, handler: Any, *more: Any) -> Any:
        with _within(f"webhook {handler.name}"):
            return await booked(intake, handler, *more)

    def named_spending(spender: Spender, *more: Any, **options: Any) -> RedemptionRef:
        with _within("spend"):
            return spend(spender, *more, **options)

    def named_release(spender: Spender, *more: Any, **options: Any) -> RedemptionRef:
        with _within("release"):
            return release(spender, *more, **options)

    replace(Worker, "_run", named_schedule)
    replace(per_store, "_one", named_store)
    replace(JobEngine, "_attempt", named_job)
    replace(Intake, "_booked", named_webhook)
    replace(Spender, "spend", named_spending)
    replace(Spender, "release", named_release)
    _name_steps()


def _name_steps() -> None:
    """Steps of redemptions are told apart by what they work for and what they did before."""
    do = drive_redemption._do

    def named(work: Work) -> RedemptionRef | None:
        ref = work.ref
        target = "code" if ref.is_bearer else "checkout" if ref.checkout_id else "draft"
        step = next_step(ref, work.now).value
        with _within(f"{_scope.get()} {target} {step} {ref.ending or ref.state}", []):
            return do(work)

    replace(drive_redemption, "_do", named)


def carry_scopes(committed: Callable[[Sequence[str]], None]) -> None:
    """A write may run on another thread than who asks for it."""
    write, write_async = Database.write, Database.write_async

    def tagged(fn: Callable[[Connection], Any], seen: list[list[str]]) -> Callable[..., Any]:
        scope = present()

        def tag(conn: Connection) -> Any:
            conn.info["scope"] = scope
            seen.append(conn.info.setdefault("wrote", []))
            return fn(conn)

        return tag

    def carrying(database: Database, fn: Callable[[Connection], Any]) -> Any:
        seen: list[list[str]] = []
        result = write(database, tagged(fn, seen))
        committed(seen[-1])
        return result

    async def carrying_async(database: Database, fn: Callable[[Connection], Any]) -> Any:
        seen: list[list[str]] = []
        result = await write_async(database, tagged(fn, seen))
        committed(seen[-1])
        return result

    replace(Database, "write", carrying)
    replace(Database, "write_async", carrying_async)


def where(conn: Connection) -> str:
    """Who wrote on a connection."""
    return str(conn.info.get("scope", present()))
