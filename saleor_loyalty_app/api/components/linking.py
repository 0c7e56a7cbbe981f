"""ES modules of one folder made into one: a page loads a single file, so one hash vouches for all.

The integrity of a script covers that file only, never what it imports. The modules are written for
this: they import names from files beside them, export what they declare, and no name is declared
twice. What a text editor could do is done here, so that nothing has to be built.
"""

import re
from collections.abc import Callable, Iterator

_IMPORT = re.compile(r'^import (?:\{[^}]*\} from )?"\./([a-z][a-z0-9-]*\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function|let)\b)", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
_DECLARED = re.compile(r"^(?:async )?(?:class|const|function|let) (\w+)", re.MULTILINE)
#: Comments of whole lines, and those that give an expression its type.
_COMMENT = re.compile(
    r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n|^[ \t]*//[^\n]*\n|/\*\* @(?:(?!\*/).)*\*/ ?",
    re.DOTALL | re.MULTILINE,
)
_INDENT = re.compile(r"^[ \t]+|\n(?=\n)", re.MULTILINE)


class Unlinkable(Exception):
    """A module is not written as it has to be."""


def link(entry: str, read: Callable[[str], str]) -> str:
    """The module `entry` with all that it imports, each once and before who needs it.

    Args:
        read: gives the text of a module by its name, such as "dom.js".

    Raises:
        Unlinkable: a module imports or exports otherwise, imports itself, or two declare one name.
    """
    parts = [_own(name, text) for name, text in _in_order(entry, read, [], set())]
    declared = [name for part in parts for name in _DECLARED.findall(part)]
    twice = sorted({name for name in declared if declared.count(name) > 1})
    if twice:
        raise Unlinkable(f"{entry}: declared twice: {', '.join(twice)}")
    return "".join(f"{_INDENT.sub('', part).strip()}\n" for part in parts if part.strip())


def _in_order(
    name: str, read: Callable[[str], str], path: list[str], seen: set[str]
) -> Iterator[tuple[str, str]]:
    if name in path:
        raise Unlinkable(f"{name} imports itself by {' and '.join(path[path.index(name) :])}")
    if name in seen:
        return
    text = read(name)
    for needed in _IMPORT.findall(text):
        yield from _in_order(needed, read, [*path, name], seen)
    seen.add(name)
    yield name, text


def _own(name: str, text: str) -> str:
    own = _EXPORT.sub("", _IMPORT.sub("", text))
    own = _COMMENT.sub("", own)
    left = _LEFT.search(own)
    if left is not None:
        raise Unlinkable(f"{name}: {left.group().strip()!r}")
    return own
