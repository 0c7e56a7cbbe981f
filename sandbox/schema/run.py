"""Running a document, with Saleor's shape of errors."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import lru_cache
from typing import Any, TypeGuard

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    execute,
    execute_sync,
    parse,
    validate,
)

from sandbox.schema.build import schema_for
from sandbox.schema.request import Request


@lru_cache(maxsize=1024)
def _prepared(document: str, version: str) -> DocumentNode | list[GraphQLError]:
    try:
        parsed = parse(document)
    except GraphQLError as error:
        return [error]
    return validate(schema_for(version), parsed) or parsed


def _asks_only_of_the_schema(document: DocumentNode) -> bool:
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return len(operations) == 1 and all(
        isinstance(field, FieldNode) and field.name.value == "__schema"
        for field in operations[0].selection_set.selections
    )


@lru_cache(maxsize=8)
def _described(document: str, version: str) -> dict[str, Any]:
    """What a schema says of itself, which no store changes; to put it together takes seconds."""
    return {"data": execute_sync(schema_for(version), parse(document)).data}


def run(
    document: str,
    request: Request,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
) -> dict[str, Any]:
    """Answer a query or mutation as `/graphql/` does: `{"data": …, "errors": …}`."""
    version = request.store.version
    prepared = _prepared(document, version)
    if isinstance(prepared, list):
        return {"errors": [show_error(error) for error in prepared]}
    if _asks_only_of_the_schema(prepared):
        return _described(document, version)
    result = run_prepared(schema_for(version), prepared, request, None, variables, operation_name)
    request.store_prices()
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [show_error(error) for error in result.errors]
    return {**answer, "data": result.data}


def run_prepared(
    schema: GraphQLSchema,
    document: DocumentNode,
    request: Request,
    root: Any,
    variables: dict[str, Any] | None = None,
    operation_name: str | None = None,
) -> ExecutionResult:
    """Execute a valid document; nothing in it is awaited."""
    result = execute(
        schema,
        document,
        root_value=root,
        context_value=request,
        variable_values=variables,
        operation_name=operation_name,
        is_awaitable=_never,
    )
    if not isinstance(result, ExecutionResult):
        raise TypeError("a synchronous schema gave an asynchronous result")
    return result


def _never(_value: Any) -> TypeGuard[Awaitable[Any]]:
    return False


def show_error(error: GraphQLError) -> dict[str, Any]:
    """`{message, locations, path, extensions.exception.code}`; the code is the exception's name."""
    cause = error.original_error or error
    shown: dict[str, Any] = {"message": error.message}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        shown["path"] = error.path
    shown["extensions"] = {"exception": {"code": type(cause).__name__}}
    return shown
