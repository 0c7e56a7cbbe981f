"""The SDL, and the part of it that a version of Saleor has."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    DocumentNode,
    GraphQLSchema,
    NamedTypeNode,
    StringValueNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    Visitor,
    build_ast_schema,
    parse,
    visit,
)

SDL_PATH = Path(__file__).parents[2] / "graphql" / "store.graphql"


@cache
def full_document() -> DocumentNode:
    """All of `graphql/store.graphql`."""
    return parse(SDL_PATH.read_text(encoding="utf-8"), no_location=True)


def as_numbers(version: str) -> tuple[int, ...]:
    """`3.24-alpha` becomes (3, 24)."""
    return tuple(int(part) for part in version.partition("-")[0].split(".")[:2])


def since(node: Any) -> str | None:
    """The version in the node's `@since` mark."""
    for directive in getattr(node, "directives", None) or ():
        if directive.name.value == "since":
            value = directive.arguments[0].value
            return value.value if isinstance(value, StringValueNode) else None
    return None


class _Older(Visitor):
    """Removes what is newer than `version`, newer members of unions too: those bear no marks."""

    def __init__(self, version: tuple[int, ...], document: DocumentNode) -> None:
        super().__init__()
        self.version = version
        self.newer_types = {
            node.name.value
            for node in document.definitions
            if isinstance(node, TypeDefinitionNode) and self._is_newer(node)
        }

    def enter(self, node: Any, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> Any:
        if self._is_newer(node):
            return REMOVE
        of_union = bool(ancestors) and isinstance(ancestors[-1], UnionTypeDefinitionNode)
        if of_union and isinstance(node, NamedTypeNode) and node.name.value in self.newer_types:
            return REMOVE
        return None

    def _is_newer(self, node: Any) -> bool:
        mark = since(node)
        return mark is not None and as_numbers(mark) > self.version


def document_for(version: str) -> DocumentNode:
    """The SDL without what is newer than `version`."""
    whole = full_document()
    document: DocumentNode = visit(whole, _Older(as_numbers(version), whole))
    return document


@cache
def plain_schema(version: str) -> GraphQLSchema:
    """The schema of a version without resolvers: enough to validate against."""
    return schema_of(document_for(version))


def schema_of(document: DocumentNode) -> GraphQLSchema:
    """The schema of a part of the SDL, which tests find valid: not checked anew at each start."""
    return build_ast_schema(document, assume_valid_sdl=True)
