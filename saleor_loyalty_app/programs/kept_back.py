"""What the owner is told of a thing of the catalog that is kept back: for whom, and what is wrong.

Pure. It goes by what lets a shopper in (`early_access.judge`), so that who is told of here is who
may buy.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.early_access import LONGEST, OPEN, Notice, gate_of, lets_in

#: kept: somebody may buy; nobody: no name lets anybody in; passed: its day has come; open: it says
#: that everybody may; empty: it names nobody, which keeps nothing back; waiting: for a program.
State = Literal["kept", "nobody", "passed", "open", "empty", "waiting"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the two keys of one thing come to.

    Attributes:
        who: whom its names let in, in words.
        unknown: names that let nobody in, as they were written but in small letters.
        opens_at: when everybody may buy; None = never.
        unreadable: what should be a date and is none; "" = nothing.
    """

    state: State
    who: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    opens_at: datetime | None = None
    unreadable: str = ""


def rewards_named(notices: Iterable[Notice]) -> frozenset[str]:
    """The rewards, by id, that the keys of some things name."""
    gates = [gate_of(one.access or "", one.until or "") for one in notices]
    named = [each for gate in gates if gate is not None for each in gate.names]
    return frozenset(name for kind, name in named if kind == "reward")


def keeping_of(
    notice: Notice,
    program: Program | None,
    language: str,
    *,
    taken: Collection[str],
    now: datetime,
    timezone: str,
) -> Keeping:
    """What the keys of one thing come to under the program in force.

    Args:
        taken: rewards, by id, that let somebody in, be they in the program or not any more.
    """
    access, until = notice.access or "", (notice.until or "")[:LONGEST].strip()
    gate = gate_of(access, notice.until or "")
    if gate is None:
        says_open = OPEN in (part.strip().lower() for part in access[:LONGEST].split(","))
        return Keeping("open" if says_open else "empty")
    opens_at = gate.opens_at(ZoneInfo(timezone))
    if opens_at is not None and opens_at <= now:
        return Keeping("passed", opens_at=opens_at)
    unreadable = until if gate.until is None else ""
    if program is None:
        return Keeping("waiting", opens_at=opens_at, unreadable=unreadable)
    who, unknown = [], []
    for kind, name in gate.names:
        called = lets_in(kind, name, program, language)
        if not called and kind == "reward" and name in taken:
            called = translate("access.reward_takers", language, reward=name)
        if called:
            who.append(called)
        else:
            unknown.append(f"{kind}:{name}" if kind else name)
    state: State = "kept" if who else "nobody"
    return Keeping(state, tuple(who), tuple(unknown), opens_at, unreadable)


def keeping_words(keeping: Keeping, language: str, *, timezone: str) -> str:
    """For whom something is kept back and until when, as one sentence."""
    names = {
        "who": f" {translate('words.or', language)} ".join(keeping.who),
        "day": ""
        if keeping.opens_at is None
        else words.day_words(keeping.opens_at.astimezone(ZoneInfo(timezone)).date(), language),
    }
    dated = keeping.opens_at is not None
    key = "access.product.closed" if keeping.state == "kept" else f"kept.{keeping.state}"
    if dated and keeping.state in ("kept", "nobody"):
        key += "_until"
    return capitalized(translate(key, language, **names), language)
