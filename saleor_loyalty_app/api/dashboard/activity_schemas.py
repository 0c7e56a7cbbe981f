"""What the Dashboard API tells of what arrived, failed, was spent, audited and changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from saleor_loyalty_app.api.dashboard.cases import Case
from saleor_loyalty_app.api.opaque import job_id, letter_id
from saleor_loyalty_app.api.redemption_schemas import EXAMPLE, Redemption
from saleor_loyalty_app.flows.audit_words import advice_words, drift_words
from saleor_loyalty_app.flows.replay_inbox import Replayed
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.inbox.browsing import Arrived, Letter
from saleor_loyalty_app.insights.audits import Audit
from saleor_loyalty_app.queue.failed import FailedJob
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.staff_actions import Action

#: Dead letters that one request replays.
MOST_REPLAYED = 25
First = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[str | None, Query(max_length=100, description="`next` of the page before.")]
Word = Annotated[str | None, Query(min_length=1, max_length=100)]
Next = Annotated[str | None, Field(description="Give it as `after` for the next page.")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArrivedWebhook(_Model):
    """A webhook that was accepted. Its body is kept for some days, and never shown."""

    handler: str
    event: str = Field(description="Its GraphQL type, such as OrderUpdated.")
    received_at: datetime
    kept: bool = Field(description="The body is still there.")

    @classmethod
    def of(cls, one: Arrived, zone: ZoneInfo) -> Self:
        """What is told of a delivery."""
        return cls(
            handler=one.handler,
            event=one.event,
            received_at=one.received_at.astimezone(zone),
            kept=one.kept,
        )


class ArrivedWebhooks(_Model):
    """A page of what arrived, newest first."""

    items: list[ArrivedWebhook]
    next: Next


class DeadWebhook(_Model):
    """A webhook with a true signature that could not be understood."""

    id: str = Field(description="Opaque and stable.")
    handler: str
    event: str
    reason: str = Field(description="A stable word.")
    why: str = Field(description="The reason in words.")
    place: str = Field(description="Where in the body, without values.")
    received_at: datetime
    replayed_at: datetime | None = Field(description="When it was understood in the end.")

    @classmethod
    def of(cls, one: Letter, language: str, zone: ZoneInfo) -> Self:
        """What is told of a dead letter."""
        known = f"dead_letter.{one.reason}"
        words = translate(known, language)
        return cls(
            id=letter_id(one.id),
            handler=one.handler,
            event=one.event,
            reason=one.reason,
            why=translate("dead_letter.other", language) if words == known else words,
            place=one.place,
            received_at=one.received_at.astimezone(zone),
            replayed_at=_local(one.replayed_at, zone),
        )


class DeadWebhooks(_Model):
    """A page of dead letters, newest first."""

    items: list[DeadWebhook]
    next: Next
    waiting: int = Field(description="How many wait in all.")


class ReplayedWebhook(_Model):
    """What came of replaying a webhook."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "bGV0dGVyOjE",
                    "handler": "orders",
                    "event": "OrderUpdated",
                    "understood": True,
                    "failure": None,
                }
            ]
        },
    )

    id: str
    handler: str
    event: str
    understood: bool
    failure: str | None = Field(description="What still fails, in technical words without data.")

    @classmethod
    def of(cls, one: Replayed) -> Self:
        """What is told of a replay."""
        return cls(
            id=letter_id(one.id),
            handler=one.handler,
            event=one.event,
            understood=not one.failure,
            failure=one.failure or None,
        )


class ReplayInput(_Model):
    """Where to go on."""

    after: str | None = Field(
        default=None, max_length=100, description="`next` of the answer before; null = begin."
    )


class ReplayedWebhooks(_Model):
    """Some dead letters that were replayed, oldest first; ask again until there is no `next`."""

    items: list[ReplayedWebhook]
    next: Next
    waiting: int = Field(description="How many still wait, also of those that failed again.")


class GivenUpJob(_Model):
    """Work outside of a transaction that was given up after its last attempt."""

    id: str = Field(description="Opaque and stable.")
    name: str = Field(description="A stable word.")
    what: str = Field(description="What it does, in words.")
    attempts: int
    failure: str = Field(description="In technical words without data.")
    began_at: datetime
    failed_at: datetime

    @classmethod
    def of(cls, job: FailedJob, language: str, zone: ZoneInfo) -> Self:
        """What is told of a failed job."""
        known = f"job.{job.name}"
        words = translate(known, language)
        return cls(
            id=job_id(job.id),
            name=job.name,
            what=job.name if words == known else words,
            attempts=job.attempts,
            failure=job.failure,
            began_at=job.began_at.astimezone(zone),
            failed_at=job.failed_at.astimezone(zone),
        )


class GivenUpJobs(_Model):
    """A page of failed jobs, newest first."""

    items: list[GivenUpJob]
    next: Next


class RedemptionInList(_Model):
    """A redemption, whose it is and how it went."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "redemption": EXAMPLE,
                    "member": "12",
                    "channel": "default-channel",
                    "by_staff": False,
                    "created_at": "2027-01-04T12:30:00+03:00",
                    "consumed_at": None,
                    "ended_at": None,
                }
            ]
        },
    )

    redemption: Redemption
    member: str = Field(description="`id` of the member.")
    channel: str
    by_staff: bool = Field(description="Staff spent the points for the customer.")
    created_at: datetime
    consumed_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, ref: RedemptionRef, language: str, zone: ZoneInfo) -> Self:
        """What is told of a redemption."""
        return cls(
            redemption=Redemption.of(ref, language),
            member=str(ref.member_id),
            channel=ref.channel,
            by_staff=ref.actor.startswith("user:"),
            created_at=ref.created_at.astimezone(zone),
            consumed_at=_local(ref.consumed_at, zone),
            ended_at=_local(ref.ended_at, zone),
        )


class RedemptionsOfStore(_Model):
    """A page of a store's redemptions, newest first."""

    items: list[RedemptionInList]
    next: Next


class WaitingCase(_Model):
    """A case that waits to be decided, and whose points it is about."""

    case: Case
    member: str = Field(description="`id` of the member.")


class WaitingCases(_Model):
    """A page of the cases that wait, oldest first."""

    items: list[WaitingCase]
    next: Next
    open: int = Field(description="How many wait in all.")


class FoundDrift(_Model):
    """A sum that was not what it should be."""

    check: str = Field(description="Which sum it is, as a stable word.")
    what: str = Field(description="In words.")
    advice: str = Field(description="What is to be done about it.")
    member: str | None
    unit: str = Field(description='"" = a count that is of no unit.')
    subject: int | None = Field(
        description="The number of the entry, lot, hold, debt or other row concerned."
    )
    about: str = Field(description='The order, rule, reward or campaign concerned; "" = of none.')
    expected: int
    found: int

    @classmethod
    def of(cls, one: Mapping[str, object], language: str) -> Self:
        """What is told of a drift as it is kept."""
        return cls.model_validate(
            {
                "check": one["check"],
                "what": drift_words(one, language),
                "advice": advice_words(str(one["check"]), language),
                "member": None if one["member_id"] is None else str(one["member_id"]),
                "unit": one["unit"],
                "subject": one["subject"],
                "about": one.get("about", ""),
                "expected": one["expected"],
                "found": one["found"],
            }
        )


class AuditOfBooks(_Model):
    """A recomputation of the books."""

    number: int
    asked_at: datetime
    asked_by: str
    asked_by_name: str = Field(description="Who that is, in words.")
    started_at: datetime | None
    finished_at: datetime | None = Field(description="null = it is under way.")
    drifts: int | None = Field(description="0 = all adds up; null until it ended.")
    found: list[FoundDrift] = Field(description="The first hundred.")

    @classmethod
    def of(cls, one: Audit, language: str, names: Mapping[str, str], zone: ZoneInfo) -> Self:
        """What is told of an audit."""
        return cls(
            number=one.id,
            asked_at=one.asked_at.astimezone(zone),
            asked_by=one.asked_by,
            asked_by_name=names[one.asked_by],
            started_at=_local(one.started_at, zone),
            finished_at=_local(one.finished_at, zone),
            drifts=one.drifts,
            found=[FoundDrift.of(drift, language) for drift in one.found],
        )


class AuditsOfBooks(_Model):
    """A page of audits, newest first."""

    items: list[AuditOfBooks]
    next: Next


class NotedAction(_Model):
    """What a staff member changed."""

    at: datetime
    actor: str = Field(description="`user:<id>`.")
    actor_name: str = Field(description="Who that is, in words.")
    kind: str = Field(description="A stable word.")
    what: str = Field(description="The kind in words.")
    subject: str
    before: dict[str, JsonValue] | None
    after: dict[str, JsonValue] | None

    @classmethod
    def of(cls, one: Action, language: str, names: Mapping[str, str], zone: ZoneInfo) -> Self:
        """What is told of an action."""
        known = f"staff_action.{one.kind}"
        words = translate(known, language)
        return cls.model_validate(
            {
                "at": one.at.astimezone(zone),
                "actor": one.actor,
                "actor_name": names[one.actor],
                "kind": one.kind,
                "what": one.kind.replace("_", " ") if words == known else words,
                "subject": one.subject,
                "before": one.before,
                "after": one.after,
            }
        )


class NotedActions(_Model):
    """A page of what staff changed, newest first."""

    items: list[NotedAction]
    next: Next


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The same instant as the clocks of the store show it."""
    return None if moment is None else moment.astimezone(zone)
