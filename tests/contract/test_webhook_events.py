"""What the app says about Saleor's events is true of Saleor's schemas."""

from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLSchema, build_schema, parse, validate

from saleor_loyalty_app.handlers import CORE_HANDLERS
from saleor_loyalty_app.saleor.event import typename_of
from saleor_loyalty_app.saleor.version import SchemaVersion
from saleor_loyalty_app.saleor.webhook_events import FAMILIES

#: Their subscription types are younger than the events.
YOUNGER = {"3.22": {"CUSTOMER_DELETED"}, "3.23": set(), "3.24-alpha": set()}


@pytest.fixture(scope="module", params=sorted(YOUNGER))
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def schema(version: str, shared: Path) -> GraphQLSchema:
    text = (shared / "schemas" / f"{version}.graphql").read_text(encoding="utf-8")
    return build_schema(text, assume_valid_sdl=True)


def test_every_event_exists_and_has_the_subject_we_name(
    schema: GraphQLSchema, version: str
) -> None:
    enum = schema.type_map["WebhookEventTypeAsyncEnum"]
    assert isinstance(enum, GraphQLEnumType)
    for family in FAMILIES:
        for event in family.events:
            assert event in enum.values
            if event not in YOUNGER[version]:
                on_event = f"... on {typename_of(event)} {{ {family.subject} }}"
                document = f"subscription {{ event {{ {on_event} }} }}"
                assert validate(schema, parse(document)) == [], event


def test_every_permission_we_name_exists(schema: GraphQLSchema) -> None:
    permissions = schema.type_map["PermissionEnum"]
    assert isinstance(permissions, GraphQLEnumType)
    for family in FAMILIES:
        assert family.permission is None or family.permission in permissions.values


def test_core_documents_fit_the_schema_from_the_version_on_that_they_need(
    schema: GraphQLSchema, version: str
) -> None:
    spoken = SchemaVersion.parse(version)
    for handler in CORE_HANDLERS:
        if handler.needs <= spoken:
            assert validate(schema, parse(handler.query)) == [], handler.name
        else:
            assert validate(schema, parse(handler.query)) != [], handler.name
