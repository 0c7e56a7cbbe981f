"""Formats of the program document, and the way from each to the next. Pure.

The number of a document's format is its `version`. Whatever is read (a revision, a draft, a file,
what a page sends) is brought to the newest format first; whatever is written is of the newest.
docs/developers/program-document.md says when a change needs a new number, and what goes with it.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

#: From one format to the next: gets a copy of its own, and need not set `version`.
#:
#: A draft may have problems, and a part that is stored by itself comes alone in an otherwise empty
#: document: a step changes what it finds where it looks, and leaves anything else as it is.
Step = Callable[[dict[str, Any]], dict[str, Any]]

#: The step from format 1, from format 2, …
STEPS: tuple[Step, ...] = ()
#: The format that is written.
FORMAT = 1 + len(STEPS)


class NewerFormat(Exception):
    """The document was written by a later version of the app."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"format {found}, known are up to {known}")
        self.found = found
        self.known = known


def newest(document: Mapping[str, Any], steps: Sequence[Step] = STEPS) -> Mapping[str, Any]:
    """The document in the newest format; itself where it is so, or says no format there was.

    Raises:
        NewerFormat: it has a format that is not known yet.
    """
    known = 1 + len(steps)
    found = document.get("version")
    if not isinstance(found, int) or isinstance(found, bool) or found < 1 or found == known:
        return document
    if found > known:
        raise NewerFormat(found, known)
    current = deepcopy(dict(document))
    for number, step in enumerate(steps[found - 1 :], start=found + 1):
        current = {**step(current), "version": number}
    return current
