"""What plugins bring earning rules, for the form in which they are written: `/rules/kinds`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from saleor_loyalty_app.api.context import Language
from saleor_loyalty_app.api.dashboard.program_schemas import Document
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.plugin_kinds import EffectKind, Kind, Level
from saleor_loyalty_app.programs.scalars import in_locale

router = staff_router("/rules")


class RuleKind(BaseModel):
    """A kind of conditions or effects."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = Field(description="Its name in documents: that of its plugin, a dot, its own.")
    part: Literal["condition", "effect"]
    label: str
    levels: list[Level] = Field(description="What it can be asked about.")
    unit: Literal["points", "status"] | None = Field(description="What an effect gives.")
    example: Document = Field(description="Settings to begin with.")
    settings: Document = Field(description="The JSON Schema of its settings.")


class RuleKinds(BaseModel):
    """The kinds that the plugins of this installation bring."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: Annotated[list[RuleKind], Field(description="By their names, conditions first.")]


@router.get("/kinds", responses=documented(*OF_STAFF))
async def read_rule_kinds(_staff: StaffOf, language: Language) -> RuleKinds:
    """The conditions and effects that plugins bring earning rules."""
    kinds = plugin_kinds.current()
    listed: list[tuple[str, Kind]] = [
        *((name, kinds.conditions[name]) for name in sorted(kinds.conditions)),
        *((name, kinds.effects[name]) for name in sorted(kinds.effects)),
    ]
    return RuleKinds(kinds=[_told(name, kind, language) for name, kind in listed])


def _told(name: str, kind: Kind, language: str) -> RuleKind:
    effect = isinstance(kind, EffectKind)
    return RuleKind(
        kind=name,
        part="effect" if effect else "condition",
        label=in_locale(kind.labels, language) or name,
        levels=sorted(kind.levels),
        unit=kind.unit if isinstance(kind, EffectKind) else None,
        example=kind.example.model_dump(mode="json", exclude_none=True),
        settings=kind.settings.model_json_schema(mode="validation"),
    )
