"""The GraphQL documents of the project, each with the fragments that it needs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "graphql"
PAGES = ROOT / "sandbox" / "pages" / "documents"
KINDS = ("subscriptions", "queries", "mutations", "fragments")

_SINCE = re.compile(r"^# since (\d+\.\d+)$", re.MULTILINE)
_SPREAD = re.compile(r"\.\.\.\s*(?!on\b)(\w+)")
_DEFINED = re.compile(r"^fragment\s+(\w+)", re.MULTILINE)


def document_paths() -> list[Path]:
    """All documents of the app, and those of the sandbox's pages."""
    ours = [path for kind in KINDS for path in sorted((FOLDER / kind).glob("**/*.graphql"))]
    return ours + sorted(PAGES.glob("*.graphql"))


def complete(path: Path) -> str:
    """The text of a document with all fragments that it spreads, directly or not.

    Raises:
        KeyError: it spreads a fragment that nobody defines.
    """
    fragments = {
        name: text
        for file in sorted((FOLDER / "fragments").glob("**/*.graphql"))
        for text in [file.read_text(encoding="utf-8")]
        for name in _DEFINED.findall(text)
    }
    text = path.read_text(encoding="utf-8")
    while missing := set(_SPREAD.findall(text)) - set(_DEFINED.findall(text)):
        text += "\n" + fragments[min(missing)]
    return text


def needed_version(path: Path) -> str:
    """The Saleor that a document needs, as its first comment tells; 3.22 without one."""
    marked = _SINCE.match(path.read_text(encoding="utf-8"))
    return marked[1] if marked else "3.22"
