"""What the Dashboard API tells of tiers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ConfigDict, Field, JsonValue, StrictStr

from saleor_loyalty_app.api.dashboard.members_schemas import Answer
from saleor_loyalty_app.flows.preview_tiers import TierFlow, TierMoves
from saleor_loyalty_app.flows.tier_standing import TierStanding, ahead_words
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.tiers import Level, Tiers
from saleor_loyalty_app.programs.tiers_words import level_words
from saleor_loyalty_app.tiers.browsing import MoveRow
from saleor_loyalty_app.tiers.holders import Holder
from saleor_loyalty_app.tiers.sweeps import Sweep

LONGEST_REASON = 500
_LEVEL: dict[str, JsonValue] = {
    "id": "gold",
    "name": "Gold",
    "color": "#a67c00",
    "members": 41,
    "came": 6,
    "went": 2,
    "told": "spend of $1,000; points × 1.5",
}
_SWEEP: dict[str, JsonValue] = {
    "running": True,
    "total": 12000,
    "done": 4100,
    "started_at": "2027-01-04T09:30:00Z",
}
_HOLDER: dict[str, JsonValue] = {
    "member": "1042",
    "name": "Ayşe Yılmaz",
    "since": "2027-01-04T09:30:00Z",
    "held_through": "2028-01-04",
    "grace_through": "2028-02-03",
    "manual": False,
    "manual_through": None,
}
_MOVE: dict[str, JsonValue] = {
    "member": "1042",
    "name": "Ayşe Yılmaz",
    "from_tier": "silver",
    "from_name": "Silver",
    "to_tier": "gold",
    "to_name": "Gold",
    "why": "earned",
    "why_text": "Earned",
    "measures": {"spend": {"USD": "1020"}, "orders": 9},
    "by": None,
    "at": "2027-01-04T09:30:00Z",
}
_STANDING: dict[str, JsonValue] = {
    "enabled": True,
    "tier": "silver",
    "name": "Silver",
    "color": "#6b7280",
    "since": "2027-01-04T09:30:00Z",
    "held_through": "2028-02-03",
    "manual": None,
    "manual_through": None,
    "measures": {"spend": {"USD": "340"}, "orders": 4},
    "ahead": ["$660.00 more until Gold, by Jan 3, 2028."],
    "choices": [{"id": "silver", "name": "Silver"}, {"id": "gold", "name": "Gold"}],
}
_FLOW: dict[str, JsonValue] = {
    "from_tier": "",
    "from_name": "No tier",
    "to_tier": "silver",
    "to_name": "Silver",
    "members": 120,
}


def _example(**example: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [example]})


def name_of(tiers: Tiers | None, tier: str, language: str) -> str:
    """What a level is called; that there is none; the id of one that is gone."""
    if not tier:
        return translate("tiers.none", language)
    rank = -1 if tiers is None else tiers.rank_of(tier)
    return tier if tiers is None or rank < 0 else tiers.levels[rank].label(language)


def through(until: date | None) -> date | None:
    """The last day before the first that is not meant any more."""
    return None if until is None else until - timedelta(days=1)


class TierLevel(Answer):
    """A level and how many members hold it."""

    model_config = _example(**_LEVEL)

    id: str
    name: str
    color: str | None
    members: int = Field(ge=0)
    came: int = Field(ge=0, description="Moves to it in the last days, from below and above.")
    went: int = Field(ge=0, description="Moves from it in the last days.")
    told: str = Field(description="What it takes and gives, in words.")

    @classmethod
    def of(
        cls, level: Level, members: int, moves: Mapping[tuple[str, str], int], language: str
    ) -> "TierLevel":
        """A level as it is told; `moves` by (from, to)."""
        return cls(
            id=level.id,
            name=level.label(language),
            color=level.color,
            members=members,
            came=sum(count for (_, to), count in moves.items() if to == level.id),
            went=sum(count for (before, _), count in moves.items() if before == level.id),
            told=level_words(level, language),
        )


class TierSweepState(Answer):
    """How far members were looked at under the tiers in force."""

    model_config = _example(**_SWEEP)

    running: bool
    total: int = Field(ge=0)
    done: int = Field(ge=0)
    started_at: datetime

    @classmethod
    def of(cls, sweep: Sweep) -> "TierSweepState":
        """The state of a sweep."""
        return cls(
            running=sweep.running,
            total=sweep.total,
            done=min(sweep.done, sweep.total),
            started_at=sweep.started_at,
        )


class TierBoard(Answer):
    """The tiers in force."""

    model_config = _example(enabled=True, days=30, without=310, levels=[_LEVEL], sweep=_SWEEP)

    enabled: bool
    days: int = Field(description="So many days back moves are counted.")
    without: int = Field(ge=0, description="Members without a tier, such as the control group.")
    levels: list[TierLevel] = Field(description="From the lowest to the highest.")
    sweep: TierSweepState | None


class TierHolder(Answer):
    """A member in a tier."""

    model_config = _example(**_HOLDER)

    member: str
    name: str
    since: datetime
    held_through: date | None = Field(description="The last day of the running period.")
    grace_through: date | None
    manual: bool
    manual_through: date | None

    @classmethod
    def of(cls, one: Holder, name: str) -> "TierHolder":
        """A line of the list."""
        return cls(
            member=str(one.member_id),
            name=name,
            since=one.since,
            held_through=through(one.period_until),
            grace_through=through(one.grace_until),
            manual=bool(one.manual),
            manual_through=through(one.manual_until),
        )


class TierHolders(Answer):
    """A page of members in a tier."""

    model_config = _example(items=[_HOLDER], next=None)

    items: list[TierHolder]
    next: str | None = Field(description="Give it as `after` for the next page.")


class TierMoveLine(Answer):
    """A move from one tier to another."""

    model_config = _example(**_MOVE)

    member: str
    name: str
    from_tier: str = Field(description="Empty = none.")
    from_name: str
    to_tier: str = Field(description="Empty = none.")
    to_name: str
    why: str = Field(
        description="earned, reduced, period_over, manual, manual_over, rule, rule_over, left or "
        "changed."
    )
    why_text: str
    measures: dict[str, Any] = Field(description="What counted then.")
    by: str | None = Field(description="Who did it; null = the app.")
    at: datetime

    @classmethod
    def of(
        cls, row: MoveRow, tiers: Tiers | None, name: str, by: str | None, language: str
    ) -> "TierMoveLine":
        """A line of the list."""
        return cls(
            member=str(row.member_id),
            name=name,
            from_tier=row.from_tier,
            from_name=name_of(tiers, row.from_tier, language),
            to_tier=row.to_tier,
            to_name=name_of(tiers, row.to_tier, language),
            why=row.why,
            why_text=translate(f"tiers.why.{row.why}", language),
            measures=row.measures,
            by=by,
            at=row.at,
        )


class TierMoveLines(Answer):
    """A page of moves, the newest first."""

    model_config = _example(items=[_MOVE], next=None)

    items: list[TierMoveLine]
    next: str | None = Field(description="Give it as `after` for the next page.")


class TierChoice(Answer):
    """A level that may be set."""

    id: str
    name: str


class MemberTier(Answer):
    """Where a member stands between the tiers."""

    model_config = _example(**_STANDING)

    enabled: bool = Field(description="Tiers are on and the member takes part.")
    tier: str = Field(description="Empty = none.")
    name: str
    color: str | None
    since: datetime | None
    held_through: date | None = Field(
        description="The last day of the tier if nothing more is bought; null = it has no end."
    )
    manual: str | None = Field(description="The tier that staff set; null = none.")
    manual_through: date | None
    measures: dict[str, Any]
    ahead: list[str] = Field(description="What is missing and what comes, in sentences.")
    choices: list[TierChoice] = Field(description="What can be set.")

    @classmethod
    def of(cls, found: TierStanding | None, language: str) -> "MemberTier":
        """A standing as it is told."""
        if found is None:
            return cls(
                enabled=False,
                tier="",
                name=name_of(None, "", language),
                color=None,
                since=None,
                held_through=None,
                manual=None,
                manual_through=None,
                measures={},
                ahead=[],
                choices=[],
            )
        tiers, tier = found.tiers, found.ahead.tier
        rank = tiers.rank_of(tier)
        return cls(
            enabled=True,
            tier=tier,
            name=name_of(tiers, tier, language),
            color=tiers.levels[rank].color if rank >= 0 else None,
            since=found.since,
            held_through=found.ahead.held_through,
            manual=found.state.manual or None,
            manual_through=through(found.state.manual_until),
            measures=found.measures.to_json(),
            ahead=ahead_words(found, language),
            choices=[TierChoice(id=one.id, name=one.label(language)) for one in tiers.levels],
        )


class TierInput(Answer):
    """Which tier a member has at least, and through which day."""

    model_config = _example(
        tier="gold", through="2027-12-31", reason="Moved house: a late delivery was our fault."
    )

    tier: StrictStr = Field(min_length=1, max_length=60, pattern=r"^[a-z0-9_-]+$")
    through: date = Field(description="The last day, in the store's time zone.")
    reason: StrictStr = Field(
        min_length=1, max_length=LONGEST_REASON, description="Kept as a note about the member."
    )


class TierFlowLine(Answer):
    """So many members go from one tier to another."""

    model_config = _example(**_FLOW)

    from_tier: str
    from_name: str
    to_tier: str
    to_name: str
    members: int = Field(ge=0)

    @classmethod
    def of(
        cls, flow: TierFlow, before: Tiers | None, after: Tiers | None, language: str
    ) -> "TierFlowLine":
        """A line of the preview."""
        return cls(
            from_tier=flow.from_tier,
            from_name=name_of(before, flow.from_tier, language),
            to_tier=flow.to_tier,
            to_name=name_of(after, flow.to_tier, language),
            members=flow.members,
        )


class TierPreview(Answer):
    """Who would move if the draft were published now."""

    model_config = _example(
        changes=True,
        total=12000,
        looked_at=4012,
        sample=True,
        at_once=[_FLOW],
        later=[],
        entry_points=18000,
    )

    changes: bool = Field(description="The draft's tiers are others than those in force.")
    total: int = Field(ge=0, description="Members of the store.")
    looked_at: int = Field(ge=0, description="Members whom the numbers are about.")
    sample: bool = Field(description="Not everybody was looked at.")
    at_once: list[TierFlowLine]
    later: list[TierFlowLine] = Field(
        description="Where members would fall when their period ends, if they buy no more."
    )
    entry_points: int = Field(
        ge=0,
        description="What all who rise at once would be given at most; of a sample an estimate.",
    )

    @classmethod
    def of(
        cls,
        found: TierMoves,
        before: Tiers | None,
        after: Tiers | None,
        language: str,
        *,
        changes: bool,
    ) -> "TierPreview":
        """The preview as it is told."""
        return cls(
            changes=changes,
            total=found.total,
            looked_at=found.looked_at,
            sample=found.is_sample,
            at_once=[TierFlowLine.of(one, before, after, language) for one in found.at_once],
            later=[TierFlowLine.of(one, after, after, language) for one in found.later],
            entry_points=found.entry_points,
        )
