"""Our SDL of Saleor is a true part of the real one, and our documents are valid in both."""

from functools import cache
from pathlib import Path

import pytest
from graphql import (
    FragmentDefinitionNode,
    GraphQLSchema,
    NoUnusedFragmentsRule,
    build_ast_schema,
    build_schema,
    parse,
    print_ast,
    specified_rules,
    validate,
)
from graphql.validation.validate import validate_sdl

from sandbox.schema.sources import as_numbers, document_for, full_document, since
from tests.contract.documents import ROOT, complete, document_paths, needed_version
from tests.contract.schema_subset import differences

VERSIONS = ("3.22", "3.23", "3.24-alpha")
CASES = [
    pytest.param(path, version, id=f"{path.relative_to(ROOT)}-{version}")
    for path in document_paths()
    for version in VERSIONS
    if as_numbers(version) >= as_numbers(needed_version(path))
]


@cache
def _real(folder: Path, version: str) -> GraphQLSchema:
    text = (folder / "schemas" / f"{version}.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid=True)


@cache
def _ours(version: str) -> GraphQLSchema:
    return build_ast_schema(document_for(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_our_schema_is_valid(version: str) -> None:
    assert validate_sdl(document_for(version)) == []


def _problems(text: str, schema: GraphQLSchema) -> list[str]:
    document = parse(text)
    only_fragments = all(isinstance(d, FragmentDefinitionNode) for d in document.definitions)
    rules = [
        rule for rule in specified_rules if not (only_fragments and rule is NoUnusedFragmentsRule)
    ]
    return [error.message for error in validate(schema, document, rules)]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_element_of_our_schema_exists_in_saleor(shared: Path, version: str) -> None:
    assert differences(_ours(version), _real(shared, version)) == []


def test_a_since_mark_is_only_on_what_the_version_before_does_not_have(shared: Path) -> None:
    real = _real(shared, "3.22")
    older, whole = _ours("3.22"), _ours("3.23")
    for name, kind in whole.type_map.items():
        if name not in older.type_map:
            assert name not in real.type_map, f"{name} is in 3.22: its mark is wrong"
            continue
        here = getattr(kind, "fields", None) or getattr(kind, "values", {})
        there = getattr(older.type_map[name], "fields", None) or getattr(
            older.type_map[name], "values", {}
        )
        known = real.type_map.get(name)
        real_members = getattr(known, "fields", None) or getattr(known, "values", {})
        for member in set(here) - set(there):
            assert member not in real_members, f"{name}.{member} is in 3.22: its mark is wrong"


def test_marks_name_a_version() -> None:
    marked = [
        since(node)
        for definition in full_document().definitions
        for node in [definition, *(getattr(definition, "fields", None) or ())]
    ]
    assert {as_numbers(mark) for mark in marked if mark} <= {(3, 23), (3, 24)}


def test_our_schema_copies_no_descriptions() -> None:
    assert '"""' not in print_ast(full_document())


@pytest.mark.parametrize(("path", "version"), CASES)
def test_every_document_is_valid_in_our_schema(path: Path, version: str) -> None:
    assert _problems(complete(path), _ours(version)) == []


@pytest.mark.parametrize(("path", "version"), CASES)
def test_every_document_is_valid_in_saleor(shared: Path, path: Path, version: str) -> None:
    assert _problems(complete(path), _real(shared, version)) == []
