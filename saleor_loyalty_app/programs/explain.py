"""Why an entry has its amount, in sentences. Pure.

What an entry tells about itself is its `reason`: a stable code with arguments. These are

- `deed` and `deed_reversed`, for what is no order, with `deed` (its trigger), `on` and `number`;
- `goodwill`, with `order`, `why` (late_delivery with `days` and `limit`, cancelled_line with
  `units`, complaint), and `by_app` where no person decided;
- `expiry_months` beside any code, where the program has an expiry of its own for the country (none
  = never); which country that was an order's plan has, others go by that of the last order, or of
  the order that they are for (`expiry_by`: order);
- `order_earned`, `order_restored` and `order_reduced`, with `order` (its number) and, where it was
  reduced, `why` (returned, refunded, returned_and_refunded, canceled, expired, owner, changed);
  the award plan has the rest.

Other codes need no plan: `expired`, `adjusted` (`note`), `merged`, `transferred`, `redeemed`,
`restored`, `donated`, `forgiven`. A code that has no text falls back to the kind of the entry.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from saleor_loyalty_app.i18n import catalogue, translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.deed_names import name_about, names_waited_for
from saleor_loyalty_app.programs.document import Program, Rate
from saleor_loyalty_app.programs.expiry_words import country_words
from saleor_loyalty_app.programs.perks_words import planned_words
from saleor_loyalty_app.programs.scalars import in_locale

#: So many awards are told one by one.
MOST_AWARDS = 30
#: Misses that count what is missing, and have a text of their own for one.
_COUNTED = frozenset({"member_orders_below", "member_since_below", "nth_order_ahead"})


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What an entry says about itself."""

    kind: str
    amount: int
    unit: str
    part: str
    reason: Mapping[str, Any]


def explain(
    entry: EntryFacts,
    *,
    language: str,
    program: Program | None = None,
    plan: Mapping[str, Any] | None = None,
    line_names: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Sentences that lead to the entry's amount, in English ("en") or Turkish ("tr").

    `program` is that of the entry's revision and names the rules; `plan` is the award plan of the
    entry's order as JSON, or {"perks"} of its deed; `line_names` are product names by order line,
    where they are known.
    """
    told = _explained(entry, language, program, plan, line_names)
    return (*told, *_expiry(entry, plan, language))


def _explained(
    entry: EntryFacts,
    language: str,
    program: Program | None,
    plan: Mapping[str, Any] | None,
    line_names: Mapping[str, str] | None,
) -> tuple[str, ...]:
    headline = _headline(entry, language, program)
    code = str(entry.reason.get("code", ""))
    if entry.reason.get("by_app"):
        return (headline, translate("explain.by_app", language))
    if plan is None or not (code == "deed" or code.startswith("order_")):
        return (headline,)
    if code == "deed":
        return (headline, *planned_words(plan["perks"], language, program, of_deed=True))
    told = _Plan(plan, entry, program, line_names or {}, language)
    if code == "order_earned":
        return (headline, *told.awards(), *told.sum(), *told.less(), *told.perks())
    return (headline, *told.kept())


def _expiry(entry: EntryFacts, plan: Mapping[str, Any] | None, language: str) -> Iterator[str]:
    if "expiry_months" not in entry.reason or entry.amount <= 0:
        return
    months = entry.reason["expiry_months"]
    of_order = (
        str(entry.reason.get("code", "")).startswith("order_")
        or entry.reason.get("expiry_by") == "order"
    )
    whose = "explain.expiry.order" if of_order else "explain.expiry.last_order"
    code = (plan or {}).get("terms", {}).get("expiry_country", "") if of_order else ""
    yield translate(
        "explain.expiry.never" if months is None else "explain.expiry.months",
        language,
        months=months,
        country=country_words(code, language) if code else translate(whose, language),
    )


def _headline(entry: EntryFacts, language: str, program: Program | None) -> str:
    code = str(entry.reason.get("code", ""))
    if code == "deed":
        code = f"deed.{entry.reason.get('deed')}"
    order = str(entry.reason.get("order") or "")
    note = str(entry.reason.get("note") or "")
    about = str(entry.reason.get("on") or "")
    deed = str(entry.reason.get("deed") or "")
    named = name_about(program, deed, about, language) if program is not None and about else None
    texts = catalogue(language)
    candidates = (
        f"explain.{code}.of" if named is not None else "",
        f"explain.{code}.{entry.reason.get('why')}.order" if order else "",
        f"explain.{code}.{entry.reason.get('why')}.of" if about else "",
        f"explain.{code}.{entry.reason.get('why')}",
        f"explain.{code}.note" if note else "",
        f"explain.{code}",
        f"explain.kind.{entry.kind}",
    )
    key = next((key for key in candidates if key in texts), "explain.kind.other")
    return translate(
        key,
        language,
        points=words.amount_words(abs(entry.amount), entry.unit, language),
        signed=("+" if entry.amount > 0 else "")
        + words.amount_words(entry.amount, entry.unit, language),
        number=entry.reason.get("number") or "",
        event=named or (about if program is None else program.event_name(about, language)),
        about=named or about,
        milestone=about if program is None else program.rule_name(about, language),
        reward=_reward(entry, program, language),
        order=order or translate("explain.unknown_order", language),
        note=note,
        unit=entry.unit,
        **{name: _number(entry.reason.get(name), language) for name in ("days", "limit", "units")},
    )


def _number(value: object, language: str) -> str:
    return words.number_words(value, language) if isinstance(value, int) else ""


def _reward(entry: EntryFacts, program: Program | None, language: str) -> str:
    item = str(entry.reason.get("reward") or "")
    return item if program is None else program.reward_name(item, language)


class _Plan:
    """An award plan, as far as it concerns one entry."""

    def __init__(
        self,
        plan: Mapping[str, Any],
        entry: EntryFacts,
        program: Program | None,
        line_names: Mapping[str, str],
        language: str,
    ) -> None:
        self._entry = entry
        self._program = program
        self._language = language
        self._told: list[tuple[str, Mapping[str, Any]]] = []
        self._perks = plan.get("perks", ()) if _tells_perks(entry.unit, plan) else ()
        for number, line in enumerate(plan["lines"], start=1):
            name = line_names.get(line["id"]) or self._text("explain.line", number=number)
            what = self._text("explain.units", quantity=line["quantity"], what=name)
            self._told += [(what, award) for award in line["awards"] if self._concerns(award)]
        for award in plan["order"]:
            if self._concerns(award):
                of = award["reason"].get("of", "order")
                key = "explain.shipping" if of == "shipping" else "explain.whole_order"
                self._told.append((self._text(key), award))
        self._sum = sum((Fraction(award["points"]) for _, award in self._told), Fraction(0))
        self._whole = self._sum.__floor__()

    def awards(self) -> Iterator[str]:
        """One sentence an award."""
        for what, award in self._told[:MOST_AWARDS]:
            yield self._award(what, award)
        if (more := len(self._told) - MOST_AWARDS) > 0:
            yield self._text("explain.more_awards", more=more)

    def sum(self) -> Iterator[str]:
        """The sum, and how it was rounded."""
        if len(self._told) > 1 or self._sum != self._whole:
            key = "explain.sum" if self._sum == self._whole else "explain.sum_rounded"
            yield self._text(
                key, sum=self._points(self._sum), whole=self._points(Fraction(self._whole))
            )

    def less(self) -> Iterator[str]:
        """Why the first posting is not the whole sum."""
        if self._entry.amount != self._whole:
            yield self._text("explain.less", amount=self._points(Fraction(self._entry.amount)))

    def perks(self) -> Iterator[str]:
        """What the order brings beside points; told once."""
        yield from planned_words(self._perks, self._language, self._program)

    def kept(self) -> Iterator[str]:
        """How returns and refunds scale what was planned."""
        yield self._text("explain.planned", whole=self._points(Fraction(self._whole)))
        yield self._text("explain.scaled")

    def _award(self, what: str, award: Mapping[str, Any]) -> str:
        reason = award["reason"]
        exact, full = Fraction(award["points"]), _points_before_cut(reason)
        points = self._points(exact)
        if full is not None and full != exact:
            capped = "cap" in reason or any("share" in one for one in _multipliers(reason))
            key = "explain.capped" if capped else "explain.cut"
            points = self._text(key, full=self._points(full), points=points)
        rule = self._rule(award["rule"])
        times = self._times(reason)
        if "rate" in reason:
            currency = reason["currency"]
            rate = Rate(points=reason["rate"]["points"], money=Decimal(reason["rate"]["money"]))
            return self._text(
                "explain.points_per_money",
                what=what,
                base=words.money_words(Decimal(reason["base"]), currency, self._language),
                rate=words.earn_rate_words(rate, currency, self._language),
                times=times,
                points=points,
                rule=rule,
            )
        if reason.get("code") == "plugin":
            return self._of_plugin(what, reason, times, points, rule)
        code = reason.get("code")
        key = f"explain.{'points_per_order' if code == 'status_points' else code}"
        return self._text(
            key if key in catalogue(self._language) else "explain.award",
            what=what,
            each=self._points(Fraction(reason.get("points", 0))),
            times=times,
            points=points,
            rule=rule,
        )

    def _of_plugin(
        self, what: str, reason: Mapping[str, Any], times: str, points: str, rule: str
    ) -> str:
        said = in_locale(reason["words"], self._language)
        return self._text(
            "explain.plugin" if said else "explain.plugin_unsaid",
            what=what,
            said=said,
            each=self._points(Fraction(reason["points"])),
            times=times,
            points=points,
            rule=rule,
        )

    def _times(self, reason: Mapping[str, Any]) -> str:
        text = ""
        if reason.get("factor", "1") != "1":
            text += f" × {words.number_words(Decimal(reason['factor']), self._language)}"
        for multiplier in _multipliers(reason):
            factor = words.number_words(Decimal(multiplier["factor"]), self._language)
            said = in_locale(multiplier.get("names", {}), self._language)
            text += f" × {factor} ({said or self._rule(multiplier['rule_id'])})"
        return text

    def _concerns(self, award: Mapping[str, Any]) -> bool:
        return bool(award["unit"] == self._entry.unit and award["part"] == self._entry.part)

    def _rule(self, rule_id: str) -> str:
        return self._program.rule_name(rule_id, self._language) if self._program else rule_id

    def _points(self, points: Fraction) -> str:
        unit = self._entry.unit
        if points.denominator == 1:
            return words.amount_words(points.numerator, unit, self._language)
        return words.unit_words(words.fraction_words(points, self._language), unit, self._language)

    def _text(self, key: str, **arguments: object) -> str:
        return translate(key, self._language, **arguments)


def _tells_perks(unit: str, plan: Mapping[str, Any]) -> bool:
    """Whether entries of a unit tell them: those of points; without any of these, the others."""
    if unit == "points":
        return True
    awards = [*plan["order"], *(award for line in plan["lines"] for award in line["awards"])]
    points = (Fraction(award["points"]) for award in awards if award["unit"] == "points")
    return sum(points, Fraction(0)).__floor__() == 0


def _multipliers(reason: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = reason.get("multipliers", ())
    return found


def _points_before_cut(reason: Mapping[str, Any]) -> Fraction | None:
    """What a reason comes to by itself; a cap or a limited import made the award smaller."""
    code = reason.get("code")
    if code == "status_points":
        code = "points_per_money" if "rate" in reason else "points_per_order"
    match code:
        case "points_per_money":
            rate = Fraction(reason["rate"]["points"]) / Fraction(reason["rate"]["money"])
            points = Fraction(reason["base"]) * rate * Fraction(reason["factor"])
        case "points_per_unit":
            points = Fraction(reason["points"] * reason["quantity"])
        case "points_per_order" | "plugin":
            points = Fraction(reason["points"])
        case _:
            return None
    for multiplier in _multipliers(reason):
        points *= Fraction(multiplier["factor"])
    return points


def explain_miss(
    rule_id: str, reason: Mapping[str, Any], *, language: str, program: Program
) -> str:
    """Why a rule gave nothing, such as "Summer bonus: ₺40.00 more"."""
    code = _code_of_miss(reason, program)
    called = in_locale(reason.get("names", {}), language) or program.rule_name(rule_id, language)
    arguments = {
        name: _argument(name, value, language)
        for name, value in reason.items()
        if name not in ("names", "words")
    }
    if code == "stopped":
        arguments["by"] = program.rule_name(str(reason["by"]), language)
    if code == "weekday":
        arguments["wanted"] = words.weekday_words(reason["wanted"], language)
    if code in ("order_value_below", "order_value_above"):
        for name in {"missing", "min", "max"} & reason.keys():
            amount = Decimal(reason[name])
            arguments[name] = words.money_words(amount, reason["currency"], language)
    if code in ("tier", "tier_from"):
        names = words.tier_names(program, language)
        wanted = [names.get(tier, tier) for tier in reason["wanted"]]
        arguments["wanted"] = words.list_words(wanted, language)
        arguments["first"] = wanted[0]
    if code == "segment":
        names = words.segment_names(program, language)
        wanted = [names.get(f"segment:{one}", one) for one in reason["wanted"]]
        arguments["wanted"] = words.list_words(wanted, language)
    if code in ("campaign_tier", "campaign_segment") and "wanted" in reason:
        wanted = _audience(program, code, reason["wanted"], language)
        arguments["wanted"] = words.list_words(wanted, language)
        code = f"{code}.of"
    if code == "on_another":
        waits = names_waited_for(program, rule_id, reason["wanted"], language)
        if waits is not None:
            arguments["wanted"] = words.list_words(waits, language)
            code = "on_another.of"
    if code in ("plugin_condition", "plugin_nothing"):
        arguments["said"] = in_locale(reason.get("words", {}), language)
        code = code if arguments["said"] else f"{code}_unsaid"
    if code in ("cap_points", "cap_times"):
        arguments["period"] = translate(f"cap.period.{reason['period']}", language)
    key = f"miss.{code}" if f"miss.{code}" in catalogue(language) else "miss.other"
    text = translate(key, language, **arguments)
    return f"{called}: {text}" if rule_id else text


def _audience(program: Program, code: str, wanted: Sequence[str], language: str) -> list[str]:
    """Whom a campaign is for, by name, in the order of the program."""
    if code == "campaign_tier":
        names = words.tier_names(program, language)
    else:
        names = {one.id: one.label(language) for one in program.segments or ()}
    return [names.get(one, one) for one in sorted(wanted, key=[*names, *wanted].index)]


def _code_of_miss(reason: Mapping[str, Any], program: Program) -> str:
    """The code under which the reason has its text: one more, or from a tier that is above."""
    code = str(reason.get("code"))
    if code in ("nth_order", "nth_order_every") and "missing" in reason:
        code = "nth_order_ahead"
    if code in _COUNTED and reason["missing"] == 1:
        return f"{code}.one"
    if code == "tier" and program.tiers is not None:
        lowest = min(program.tiers.rank_of(tier) for tier in reason["wanted"])
        if program.tiers.rank_of(str(reason.get("has", ""))) < lowest:
            return "tier_from"
    return code


def _argument(name: str, value: object, language: str) -> object:
    if isinstance(value, list):
        return words.list_words([str(item) for item in value], language)
    if name in ("start", "end") and isinstance(value, str):
        return words.day_words(date.fromisoformat(value), language)
    return value
