"""Programs as they were stored by each format of the document, with what they decided then.

`python -m tests.recorded_programs record NAME FILE` writes one from a program as YAML;
`python -m tests.recorded_programs schema` writes the JSON Schema of today's format anew.
docs/developers/program-document.md says when.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saleor_loyalty_app import shapes
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.decide_deed import decide_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts, decide_shipping
from saleor_loyalty_app.programs.yaml_text import program_from_yaml
from tests.program_facts import deeds_for, orders_for

FOLDER = Path(__file__).parent / "fixtures" / "programs"
TIMEZONE = "Europe/Istanbul"


@dataclass(frozen=True)
class Recorded:
    """A stored document, and what it decided on some orders and deeds when it was recorded."""

    path: Path
    format: int
    document: dict[str, Any]
    orders: list[dict[str, Any]]
    deeds: list[dict[str, Any]]

    @property
    def name(self) -> str:
        """Format and name, for the list of tests."""
        return f"{self.format}-{self.path.stem}"


def recorded() -> list[Recorded]:
    """All programs that were recorded, by format and name."""
    return [_read(path) for path in sorted(FOLDER.glob("format-*/*.json"))]


def _read(path: Path) -> Recorded:
    told = json.loads(path.read_text(encoding="utf-8"))
    number = int(path.parent.name.removeprefix("format-"))
    return Recorded(path, number, told["document"], told["orders"], told["deeds"])


def schema_path(number: int) -> Path:
    """Where the JSON Schema of a format stands, as it was when documents of it were recorded."""
    return FOLDER / f"format-{number}.schema.json"


def decided_on_order(program: Program, told: Mapping[str, Any]) -> dict[str, Any]:
    """What a program decides on an order that was recorded, without the words of it."""
    facts = shapes.convert(told["facts"], OrderFacts)
    member = MemberFacts.from_json(told["member"])
    found = decide_order(program, facts, TIMEZONE, member)
    given = [
        *((line, award) for line, awards in found.line_awards.items() for award in awards),
        *(("", award) for award in found.order_awards),
    ]
    return {
        "awards": [
            [line, list(award.rule_ids), award.unit, award.part, str(award.points)]
            for line, award in given
        ],
        "misses": [[miss.rule_id, miss.reason["code"]] for miss in found.misses],
        "shipping": _shipping(program, facts, member),
    }


def decided_on_deed(program: Program, told: Mapping[str, Any]) -> dict[str, Any]:
    """What a program decides on a deed that was recorded, without the words of it."""
    deed = shapes.convert(told["facts"], DeedFacts)
    found = decide_deed(program, deed, MemberFacts.from_json(told["member"]), TIMEZONE)
    return {
        "grants": [[grant.rule_id, grant.unit, grant.points] for grant in found.grants],
        "misses": [[miss.rule_id, miss.reason["code"]] for miss in found.misses],
    }


def _shipping(program: Program, facts: OrderFacts, member: MemberFacts) -> list[list[str]]:
    if program.shipping is None:
        return []
    cart = ShippingFacts(
        channel=facts.channel,
        currency=facts.currency,
        country=facts.country,
        subtotal=facts.subtotal,
        member=member.joined_at is not None,
        orders=member.orders,
        tier=member.tier,
        segments=member.segments,
    )
    found = decide_shipping(program.shipping, cart, now=facts.created_at, timezone=TIMEZONE)
    return [
        *([deal.rule.id, str(deal.price)] for deal in found.deals),
        *([one.rule.id, str(one.reason["code"])] for one in found.refusals),
    ]


def record(name: str, program: Program) -> Path:
    """Writes down a program as it is stored today, with what it decides; what is there stays.

    Raises:
        FileExistsError: there is one of this name: what was recorded is not changed.
    """
    document = program.document
    told = {
        "document": document,
        "orders": [
            one | {"decided": decided_on_order(program, one)} for one in orders_for(document)
        ],
        "deeds": [one | {"decided": decided_on_deed(program, one)} for one in deeds_for(document)],
    }
    path = FOLDER / f"format-{document['version']}" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as stream:
        stream.write(_text(told))
    return path


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def bare_schema(schema: Any) -> Any:
    """A JSON Schema without what is only for readers."""
    if isinstance(schema, list):
        return [bare_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # A property may be called "title" itself: then its value is a schema.
    return {
        name: {key: bare_schema(one) for key, one in value.items()}
        if name in ("properties", "$defs")
        else bare_schema(value)
        for name, value in schema.items()
        if name not in ("title", "description", "$schema")
    }


def schema_of_today() -> Any:
    """What documents may hold now, of which plugins are installed told nothing."""
    return bare_schema(Program.model_json_schema(mode="validation"))


def main(arguments: list[str]) -> int:
    """Runs the command; 0 = done."""
    from saleor_loyalty_app.programs.formats import FORMAT
    from tests.schema_growth import narrowed

    match arguments:
        case ["record", name, file]:
            program = program_from_yaml(Path(file).read_text(encoding="utf-8"))
            sys.stdout.write(f"{record(name, program)}\n")
        case ["schema"]:
            path, today = schema_path(FORMAT), schema_of_today()
            if path.exists():
                before = json.loads(path.read_text(encoding="utf-8"))
                if found := list(narrowed(before, today)):
                    sys.stderr.write("\n".join(["This needs a new format:", *found, ""]))
                    return 1
            path.write_text(_text(today), encoding="utf-8")
            sys.stdout.write(f"{path}\n")
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
