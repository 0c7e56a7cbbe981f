"""The GraphQL documents under `graphql/`: one operation a file, fragments beside them.

A document that needs a Saleor newer than the oldest supported one says so in its first line:
`# since 3.23`.
"""

import re
from functools import cache

from graphql import (
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    parse,
    strip_ignored_characters,
    visit,
)

from saleor_loyalty_app import assets
from saleor_loyalty_app.saleor.version import OLDEST, SchemaVersion

_SINCE = re.compile(r"#\s*since\s+(\d+\.\d+)")


@cache
def load(name: str) -> str:
    """The document `name`, such as "queries/orders", with all fragments that it needs.

    Raises:
        AssetMissing: it, or a fragment that it needs, does not exist.
        GraphQLSyntaxError: it cannot be parsed.
    """
    return complete(assets.read_text(f"graphql/{name}.graphql"))


@cache
def complete(text: str) -> str:
    """A document of a plugin with those of the app's fragments that it uses and does not define.

    Raises:
        AssetMissing: there is no such fragment.
        GraphQLSyntaxError: it cannot be parsed.
    """
    parts = [text, *(_fragment(needed) for needed in _needed_fragments(text))]
    return "\n".join(part.rstrip() + "\n" for part in parts)


@cache
def minified(name: str) -> str:
    """`load`, without spaces and comments that mean nothing: what Saleor is given to store."""
    return strip_ignored_characters(load(name))


@cache
def needs(name: str) -> SchemaVersion:
    """The oldest Saleor that understands the document `name` and its fragments."""
    return text_needs(load(name))


def text_needs(text: str) -> SchemaVersion:
    """The oldest Saleor that understands a complete document, as its marks say."""
    marks = [SchemaVersion.parse(mark) for mark in _SINCE.findall(text)]
    return max(marks, default=OLDEST)


@cache
def is_query(text: str) -> bool:
    """Whether the document only reads, so that repeating it does no harm."""
    operations = [
        node.operation
        for node in parse(text).definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    return bool(operations) and all(kind is OperationType.QUERY for kind in operations)


def all_names(kind: str) -> list[str]:
    """The names of all documents of a kind: "queries", "mutations" or "subscriptions"."""
    files = assets.names(f"graphql/{kind}", ".graphql")
    return [file.removeprefix("graphql/").removesuffix(".graphql") for file in files]


@cache
def _fragment(name: str) -> str:
    return assets.read_text(f"graphql/fragments/{name}.graphql")


def _needed_fragments(text: str) -> list[str]:
    needed: list[str] = []
    waiting = [text]
    defined: set[str] = set()
    while waiting:
        spreads = _Spreads()
        visit(parse(waiting.pop()), spreads)
        defined |= spreads.defined
        for name in sorted(spreads.used - defined):
            if name not in needed:
                needed.append(name)
                waiting.append(_fragment(name))
    return needed


class _Spreads(Visitor):
    """Gathers the fragments that a document uses and defines."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()
        self.defined: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.used.add(node.name.value)

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: object) -> None:
        self.defined.add(node.name.value)
