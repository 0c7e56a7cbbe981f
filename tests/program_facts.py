"""Orders and deeds that ask the rules of any program: plain JSON values, made of its document."""

from collections.abc import Iterator, Mapping
from typing import Any

#: A Friday afternoon and a Saturday night in Istanbul.
FRIDAY, SATURDAY = "2026-11-27T11:30:00+00:00", "2026-11-28T19:30:00+00:00"
#: The conditions that name goods, and under which name they do.
_GOODS = {
    "product": "products",
    "variant": "variants",
    "category": "slugs",
    "collection": "slugs",
    "product_type": "slugs",
}
Values = dict[str, Any]


def orders_for(document: Mapping[str, Any]) -> list[Values]:
    """In each currency a small order of nobody, one of a member with all goods, and a large one."""
    found = []
    for rates in document.get("currencies", ()):
        where = {"channel": rates["channel"], "currency": rates["currency"]}
        plain, wanted = _line("plain", "19.99"), _wanted_line(document, "250.50")
        large = _line("large", "1834.25", quantity=3)
        lowest, highest = _member(document, first=True), _member(document, first=False)
        used = {rule: {"points": 40, "times": 1} for rule in _capped(document)}
        found += [
            {"facts": _order([plain], where, at=FRIDAY), "member": {}},
            {"facts": _order([plain, wanted], where, at=SATURDAY, nth=2), "member": lowest},
            {
                "facts": _order([large, wanted], where, at=FRIDAY, nth=1, voucher=True),
                "member": highest | {"used": used},
            },
        ]
    return found


def deeds_for(document: Mapping[str, Any]) -> list[Values]:
    """A deed for each thing that a rule on deeds waits for, by a new and by an old member."""
    found = []
    for trigger, on in dict.fromkeys(_awaited(document)):
        for number, first in enumerate((True, False), start=1):
            deed = {
                "trigger": trigger,
                "on": "" if trigger == "anniversary" else on,
                "at": SATURDAY,
                "key": f"{trigger}:{on}:{number}",
                "number": int(on) if trigger == "anniversary" and on else 0,
            }
            found.append({"facts": deed, "member": _member(document, first=first)})
    return found


def _order(
    lines: list[Values], where: Values, *, at: str, nth: int | None = None, voucher: bool = False
) -> Values:
    cents = sum(int(line["base"].replace(".", "")) for line in lines)
    return {
        "order_id": "T3JkZXI6MQ==",
        **where,
        "created_at": at,
        "country": "TR" if where["currency"] == "TRY" else "US",
        "language": "TR" if where["currency"] == "TRY" else "EN",
        "voucher_used": voucher,
        "nth_order": nth,
        "subtotal": f"{cents // 100}.{cents % 100:02}",
        "lines": lines,
        "shipping": "4.90",
    }


def _line(line_id: str, base: str, **values: Any) -> Values:
    return {"id": line_id, "quantity": 1, "base": base, "gross": base} | values


def _wanted_line(document: Mapping[str, Any], base: str) -> Values:
    """A line that is all that conditions on goods ask for."""
    named: dict[str, list[str]] = {kind: [] for kind in _GOODS}
    for part in _parts(document.get("earning", {})):
        if part.get("type") in _GOODS and _GOODS[part["type"]] in part:
            named[part["type"]] += part[_GOODS[part["type"]]]
    return _line(
        "wanted",
        base,
        quantity=2,
        product_slug=next(iter(named["product"]), "any"),
        sku=next(iter(named["variant"]), "ANY-1"),
        categories=sorted(set(named["category"])),
        collections=sorted(set(named["collection"])),
        product_type=next(iter(named["product_type"]), ""),
        on_sale=True,
    )


def _member(document: Mapping[str, Any], *, first: bool) -> Values:
    levels = [level["id"] for level in (document.get("tiers") or {}).get("levels", ())]
    segments = [one["id"] for one in document.get("segments") or ()]
    return {
        "tier": "" if not levels else levels[0 if first else -1],
        "joined_at": "2026-11-20T08:00:00+00:00" if first else "2024-02-29T08:00:00+00:00",
        "orders": 1 if first else 12,
        "language": "EN" if first else "TR",
        "country": "US" if first else "TR",
        "segments": [] if first else segments,
    }


def _awaited(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for level in (document.get("tiers") or {}).get("levels", ()):
        yield "tier_reached", level["id"]
    for rule in document.get("earning", {}).get("rules", ()):
        trigger = rule.get("trigger", "order")
        if trigger == "milestone":
            yield trigger, rule["id"]
        elif trigger != "order":
            for on in rule.get("on") or ("",):
                yield trigger, on


def _capped(document: Mapping[str, Any]) -> list[str]:
    rules = document.get("earning", {}).get("rules", ())
    return [rule["id"] for rule in rules if (rule.get("caps") or {}).get("per_member")]


def _parts(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _parts(one)
