"""All problems of a document at once: what can be read of it is checked although the rest cannot.

Whatever is unreadable is taken out (an item of a list, else a field, else a whole section) until
the rest is a program. What that program lacks by it is no mistake of the owner, and is not told.
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import (
    MAX_PROBLEMS,
    Problem,
    in_newest_format,
    problems_in,
    problems_of,
    read_program,
)

#: Each round takes out at least one part; more of them than a person writes are not worth the time.
_MOST_ROUNDS = 20
#: Of what refers to another part it cannot be said whether that part is the one that was taken out.
_MAY_FOLLOW = re.compile(
    r"(?:^|_)(?:unknown|missing|needed|off|no|not|without|unasked|empty|tier|segment|too_few)(?:_|$)"
)
#: These speak of the store, of which nothing was taken out.
_OF_THE_STORE = frozenset(("channel_unknown", "currency_unknown", "channel_currency_differs"))

Check = Callable[[Program], Sequence[Problem]]
Step = str | int


def every_problem(document: object, check: Check) -> list[Problem]:
    """The problems of a document and, by `check`, of what can be read of it; errors first.

    Where the whole document can be read these are the problems that `check` finds.
    """
    try:
        return list(check(read_program(document)))
    except ProgramInvalid as failure:
        found = problems_in(failure)
    return _without_repeats([*found, *_in_the_rest(document, check)])[:MAX_PROBLEMS]


def _in_the_rest(document: object, check: Check) -> list[Problem]:
    try:
        part = _Part(in_newest_format(document))
    except ProgramInvalid:
        return []
    found: list[Problem] = []
    for _ in range(_MOST_ROUNDS):
        try:
            program = Program.model_validate(part.document)
        except ValidationError as error:
            problems = problems_of(error, part.document)
            found += part.told(problems)
            if not part.take_out(problems):
                return found
        else:
            errors = [one for one in check(program) if one.severity == "error"]
            return [*found, *part.told(errors)]
    return found


class _Part:
    """What is left of a document, and where its list items stood in the whole."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = copy.deepcopy(dict(document))
        self._places: dict[tuple[Step, ...], list[int]] = {}
        self._taken: set[tuple[Step, ...]] = set()

    def told(self, problems: Sequence[Problem]) -> list[Problem]:
        """Those that have not come by taking out, with their places in the whole document."""
        return [
            Problem(one.code, _written(self._in_the_whole(_steps(one.path))), detail=one.detail)
            for one in problems
            if not self._may_follow(one)
        ]

    def take_out(self, problems: Sequence[Problem]) -> bool:
        """Removes what these problems are about; False if that cannot be removed."""
        removed = {_removable(_steps(one.path), self._taken) for one in problems}
        if None in removed:
            return False
        # From behind: what stands before keeps its place.
        for steps in sorted((one for one in removed if one), key=_place, reverse=True):
            self._remove(steps)
        return True

    def _remove(self, steps: tuple[Step, ...]) -> None:
        self._taken.add(self._in_the_whole(steps))
        holder: Any = self.document
        for step in steps[:-1]:
            holder = holder.get(step) if isinstance(holder, dict) else None
        last = steps[-1]
        if isinstance(last, int) and isinstance(holder, list) and last < len(holder):
            self._numbers(steps[:-1], holder).pop(last)
            holder.pop(last)
        elif isinstance(holder, dict):
            holder.pop(last, None)

    def _numbers(self, steps: tuple[Step, ...], items: Sequence[object]) -> list[int]:
        """Where the items of this list stood; lists are only taken from at their first level."""
        return self._places.setdefault(steps, list(range(len(items))))

    def _in_the_whole(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        whole = list(steps)
        for at, step in enumerate(steps):
            numbers = self._places.get(steps[:at], [])
            if isinstance(step, int) and step < len(numbers):
                whole[at] = numbers[step]
        return tuple(whole)

    def _may_follow(self, problem: Problem) -> bool:
        if not self._taken or problem.code in _OF_THE_STORE:
            return False
        return _MAY_FOLLOW.search(problem.code) is not None


def _removable(steps: tuple[Step, ...], taken: set[tuple[Step, ...]]) -> tuple[Step, ...] | None:
    """The first list item on the way; else the field, and its section where it was needed."""
    for at, step in enumerate(steps):
        if isinstance(step, int):
            return steps[: at + 1]
    if not steps:
        return None
    if len(steps) > 1 and steps[:2] not in taken:
        return steps[:2]
    return steps[:1] if steps[:1] not in taken else None


def _place(steps: tuple[Step, ...]) -> list[int]:
    return [step if isinstance(step, int) else -1 for step in steps]


def _steps(path: str) -> tuple[Step, ...]:
    """ "earning.rules[0].when" as ("earning", "rules", 0, "when")."""
    found = re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)
    return tuple(int(number) if number else name for name, number in found)


def _written(steps: Sequence[Step]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _without_repeats(problems: Sequence[Problem]) -> list[Problem]:
    return list({(one.code, one.path): one for one in reversed(problems)}.values())[::-1]
