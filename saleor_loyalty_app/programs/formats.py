"""Formats of the program document, and the way from each to the next. Pure.

The number of a document's format is its `version`. Whatever is read (a revision, a draft, a file,
what a page sends) is brought to the newest format first; whatever is written is of the newest.
docs/developers/program-document.md says when a change needs a new number, and what goes with it.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

#: From one format to the next: gets a copy of its own, and need not set `version`.
#:
#: A draft may have problems, and a part that is stored by itself comes alone in an otherwise empty
#: document: a step changes what it finds where it looks, and leaves anything else as it is.
Step = Callable[[dict[str, Any]], dict[str, Any]]


class NewerFormat(Exception):
    """The document was written by a later version of the app."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"format {found}, known are up to {known}")
        self.found = found
        self.known = known


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats there were, from `oldest`, and the steps between them."""

    oldest: int
    steps: tuple[Step, ...]

    @property
    def newest(self) -> int:
        """The format that is written."""
        return self.oldest + len(self.steps)

    def brought_up(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document in the newest format; itself where it is so, or of no format there was.

        Raises:
            NewerFormat: its format is not known yet.
        """
        found = document.get("version")
        if type(found) is not int or found < self.oldest or found == self.newest:
            return document
        if found > self.newest:
            raise NewerFormat(found, self.newest)
        current = deepcopy(dict(document))
        for step in self.steps[found - self.oldest :]:
            found += 1
            current = {**step(current), "version": found}
        return current


#: A new format comes as a step at the end.
FORMATS = Formats(oldest=1, steps=())
#: The format that is written.
FORMAT = FORMATS.newest


def newest(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A program document in the newest format; see `Formats.brought_up`."""
    return FORMATS.brought_up(document)
