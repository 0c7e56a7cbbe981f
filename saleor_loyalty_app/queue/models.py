"""Tables of the background work. Their times are the machine's, except where they say otherwise."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant


class Executor(SQLModel, table=True):
    """A process that runs jobs and schedules; alive as long as it keeps beating."""

    __tablename__ = "executor"

    name: str = Field(primary_key=True)
    started_at: datetime = instant()
    beat_at: datetime = instant()


class ScheduleState(SQLModel, table=True):
    """When a schedule is due, who runs it now, and how it went last."""

    __tablename__ = "schedule_state"

    name: str = Field(primary_key=True)
    #: On the app's clock, which demo and tests move.
    due_at: datetime = instant()
    leased_by: str | None = Field(default=None, nullable=True)
    leased_until: datetime | None = instant(null=True)
    started_at: datetime | None = instant(null=True)
    finished_at: datetime | None = instant(null=True)
    failed_at: datetime | None = instant(null=True)
    #: What failed last, in words without personal data; "" = the last run went well.
    failure: str = ""
    runs: int = count(0)
