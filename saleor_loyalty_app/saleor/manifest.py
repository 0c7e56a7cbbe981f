"""The manifest of a Saleor app, with the rules by which it is refused, so that it never is.

Rules of Saleor core: `saleor/app/manifest_schema.py`, `manifest_validations.py` and
`graphql/webhook/subscription_query.py` (3.22 to 3.24). Rules of the Dashboard:
`src/extensions/domain/app-extension-manifest*.ts`. Written anew from what they check.
"""

import re
from typing import Annotated, Any, Literal, Self

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
)
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

from saleor_loyalty_app.saleor.mounts import MOUNTS, SEARCH_MOUNT, VIEWS, WIDGET_MOUNTS

#: A column of Saleor's; longer authors fail the installation.
LONGEST_AUTHOR = 60
LONGEST_IDENTIFIER = 256
LONGEST_NAME = 60
#: Saleor stores the query as text; each event parses it, and the Dashboard shows it.
LONGEST_QUERY = 20_000
_URL = re.compile(
    r"https?://(?:\[[0-9a-f:]+\]|[a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::\d{2,5})?(?:[/?#]\S*)?",
    re.IGNORECASE | re.ASCII,
)
_PERMISSION = re.compile(r"(MANAGE|HANDLE)_[A-Z_]+|IMPERSONATE_USER", re.ASCII)
_VERSIONS = re.compile(r"(>=|<|<=|>|\^|~)?\d+(\.\d+){0,2}( (>=|<|<=|>)\d+(\.\d+){0,2})*")


def _absolute(url: str) -> str:
    if not _URL.fullmatch(url):
        raise ValueError("is no address that Saleor takes")
    return url


def _permission(code: str) -> str:
    if not _PERMISSION.fullmatch(code):
        raise ValueError("is no permission of Saleor's")
    if code == "MANAGE_APPS":
        raise ValueError("apps may not manage apps")
    return code


Url = Annotated[str, AfterValidator(_absolute)]
Permission = Annotated[str, AfterValidator(_permission)]
Identifier = Annotated[str, Field(min_length=1, max_length=LONGEST_IDENTIFIER, pattern=r"^\S+$")]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class Method(_Part):
    """How the Dashboard opens an address; it has no reliable default."""

    method: Literal["GET", "POST"]


class HomeWidget(Method):
    """A widget on the Dashboard's first page."""

    fullscreen: bool = False


class ExtensionOptions(_Part):
    """What only some targets and mounts take."""

    widget_target: Method | None = None
    new_tab_target: Method | None = None
    home_widget_target: HomeWidget | None = None
    views: tuple[str, ...] | None = None
    aliases: tuple[str, ...] | None = None


class ManifestExtension(_Part):
    """Something of the app that the Dashboard shows."""

    label: str = Field(min_length=1, max_length=256)
    mount: str
    target: Literal["APP_PAGE", "POPUP", "NEW_TAB", "WIDGET"]
    url: str = Field(min_length=1)
    permissions: tuple[Permission, ...] = ()
    options: ExtensionOptions | None = None
    identifier: Identifier | None = None

    @model_validator(mode="after")
    def _as_the_dashboard_wants_it(self) -> Self:
        options = self.options or ExtensionOptions()
        on_home = self.mount == "HOMEPAGE_WIDGETS"
        rules = (
            (self.mount in MOUNTS, "the Dashboard has no such mount"),
            (
                self.target != "WIDGET" or self.mount in WIDGET_MOUNTS,
                "there are no widgets at this mount",
            ),
            (
                self.url.startswith("/") or self.target != "APP_PAGE",
                "an app page has an address that begins with /",
            ),
            (
                self.url.startswith("/") or bool(_URL.fullmatch(self.url)),
                "is no address that Saleor takes",
            ),
            (
                options.widget_target is None or (self.target == "WIDGET" and not on_home),
                "widgetTarget is for widgets",
            ),
            (
                options.new_tab_target is None or self.target == "NEW_TAB",
                "newTabTarget is for new tabs",
            ),
            (
                options.home_widget_target is None or (self.target == "WIDGET" and on_home),
                "homeWidgetTarget is for widgets on the first page",
            ),
            (
                (options.views is None and options.aliases is None) or self.mount == SEARCH_MOUNT,
                "views and aliases are for search actions",
            ),
            (
                options.views is None or (bool(options.views) and set(options.views) <= VIEWS),
                "the Dashboard has no such view",
            ),
        )
        for kept, sentence in rules:
            if not kept:
                raise ValueError(sentence)
        return self


class ManifestWebhook(_Part):
    """A webhook that Saleor makes when the app is installed."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    target_url: Url
    query: str = Field(max_length=LONGEST_QUERY)
    is_active: bool = True
    async_events: tuple[str, ...] = ()
    sync_events: tuple[str, ...] = ()
    identifier: Identifier | None = None

    @field_validator("query")
    @classmethod
    def _is_subscription(cls, text: str) -> str:
        try:
            definitions = parse(text).definitions
        except GraphQLSyntaxError as failure:
            raise ValueError(f"cannot be parsed: {failure.message}") from None
        operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
        if [node.operation for node in operations] != [OperationType.SUBSCRIPTION]:
            raise ValueError("is not one subscription")
        fields = operations[0].selection_set.selections
        if len(fields) != 1 or not isinstance(fields[0], FieldNode):
            raise ValueError("must select one field at its top")
        return text

    @model_validator(mode="after")
    def _has_events(self) -> Self:
        events = (*self.async_events, *self.sync_events)
        if not events:
            raise ValueError("a webhook without events is never sent")
        if len(set(events)) != len(events):
            raise ValueError("an event is named twice")
        return self


class Logo(_Part):
    """Saleor fetches the picture when it installs the app."""

    default: Url

    @field_validator("default")
    @classmethod
    def _is_png(cls, url: str) -> str:
        if not url.lower().endswith(".png"):
            raise ValueError("must end with .png")
        return url


class Brand(_Part):
    """How the app looks in lists."""

    logo: Logo


class Manifest(_Part):
    """The whole manifest."""

    id: str = Field(min_length=1, max_length=LONGEST_IDENTIFIER, pattern=r"^[a-z0-9.-]+$")
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    version: str = Field(min_length=1)
    about: str
    author: str = Field(min_length=1, max_length=LONGEST_AUTHOR, pattern=r"\S")
    permissions: tuple[Permission, ...]
    app_url: Url
    token_target_url: Url
    data_privacy_url: Url
    homepage_url: Url
    support_url: Url
    required_saleor_version: str = Field(pattern=_VERSIONS)
    brand: Brand
    extensions: tuple[ManifestExtension, ...] = ()
    webhooks: tuple[ManifestWebhook, ...] = ()

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        for extension in self.extensions:
            if not set(extension.permissions) <= set(self.permissions):
                raise ValueError(f"{extension.label}: a permission is not among the app's")
        _require_unique("extension", [one.identifier for one in self.extensions])
        _require_unique("webhook", [one.identifier for one in self.webhooks])
        _require_unique("webhook", [one.name for one in self.webhooks])
        _require_unique("webhook", [one.target_url for one in self.webhooks])
        return self

    def as_json(self) -> dict[str, Any]:
        """The manifest as Saleor reads it, without what is not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _require_unique(kind: str, values: list[str | None]) -> None:
    named = [value for value in values if value is not None]
    if len(set(named)) != len(named):
        raise ValueError(f"two {kind}s share a name, identifier or address")
