"""Reads what a store is: channels, currencies, tax display, countries, and what the app may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from sqlalchemy.engine import Connection

from saleor_loyalty_app import log, shapes
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.app_manifest import app_identifier, wanted_permissions
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.saleor.version import spoken_version
from saleor_loyalty_app.stores import problems, repository
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef
from saleor_loyalty_app.stores.repository import ChannelFacts

#: So much of a shop's name is kept, in characters.
LONGEST_NAME = 120
MISSING_PERMISSIONS = "missing-permissions"
_log = log.get(__name__)


class AnotherApp(AppError):
    """The token belongs to an app that is not this one."""

    code: ClassVar[str] = "another_app"
    status: ClassVar[int] = 403


class UnexpectedAnswer(AppError):
    """Saleor described itself in a way that is not understood; `place` says where."""

    code: ClassVar[str] = "unexpected_answer"
    status: ClassVar[int] = 502

    def __init__(self, place: str) -> None:
        super().__init__(place=place)


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    pass


class _Code(_Part, frozen=True):
    code: str


class _App(_Part, frozen=True):
    id: str
    identifier: str | None = None
    permissions: tuple[_Code, ...] | None = None


class _Shop(_Part, frozen=True):
    schema_version: str
    name: str = ""
    default_country: _Code | None = None


class _Taxes(_Part, frozen=True):
    prices_entered_with_tax: bool
    display_gross_prices: bool


class _Channel(_Part, frozen=True):
    id: str
    slug: str
    name: str
    is_active: bool
    currency_code: str
    default_country: _Code
    tax_configuration: _Taxes
    countries: tuple[_Code, ...] | None = None


class _Answer(_Part, frozen=True):
    shop: _Shop
    app: _App | None = None
    channels: tuple[_Channel, ...] | None = None


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """A look at a store. `app_id` is empty where the token is nobody's."""

    app_id: str
    app_identifier: str
    permissions: frozenset[str]
    schema_version: str
    name: str
    default_country: str
    channels: tuple[ChannelFacts, ...]


def facts_of(data: Mapping[str, Any]) -> StoreFacts:
    """The answer to `queries/installation` or `queries/store_facts`, understood.

    Raises:
        UnexpectedAnswer: something in it is missing or of another kind.
    """
    try:
        answer = shapes.convert(data, _Answer)
    except msgspec.ValidationError as failure:
        raise UnexpectedAnswer(str(failure)) from None
    app = answer.app or _App(id="")
    return StoreFacts(
        app_id=app.id,
        app_identifier=app.identifier or "",
        permissions=frozenset(one.code for one in app.permissions or ()),
        schema_version=answer.shop.schema_version,
        name=answer.shop.name.strip()[:LONGEST_NAME],
        default_country=answer.shop.default_country.code if answer.shop.default_country else "",
        channels=tuple(_channel(channel) for channel in answer.channels or ()),
    )


def sync_store(access: StoreAccess, store: StoreRef, clock: Clock) -> StoreFacts:
    """Brings channels, permissions and version of a store up to date. A network call.

    Raises:
        AnotherApp: the stored token is not of the installation that is stored.
        UnsupportedSaleor: the store went back to a Saleor that is too old.
        UnexpectedAnswer, and what `StoreAccess.ask` raises.
    """
    facts = facts_of(access.ask(store, "queries/store_facts"))
    if (facts.app_id, facts.app_identifier) != (store.app_id, app_identifier()):
        raise AnotherApp
    spoken_version(facts.schema_version)
    access.database.write(lambda conn: save_facts(conn, store, facts, clock()))
    return facts


def save_facts(conn: Connection, store: StoreRef, facts: StoreFacts, now: datetime) -> None:
    """Writes a look at a store, and tells or withdraws the problem of missing permissions."""
    repository.save_facts(
        conn,
        store.id,
        granted=facts.permissions,
        schema_version=facts.schema_version,
        name=facts.name,
        found=facts.channels,
        now=now,
    )
    note_permissions(conn, store, facts.permissions, now)


def note_permissions(
    conn: Connection, store: StoreRef, granted: frozenset[str], now: datetime
) -> Sequence[str]:
    """Tells the owner which permissions are missing, or that none is any more; gives them."""
    missing = sorted(wanted_permissions() - granted)
    if not missing:
        problems.resolve_problem(conn, store.id, MISSING_PERMISSIONS, now)
        return missing
    _log.warning("permissions_missing", store_id=store.id, missing=", ".join(missing))
    words = Words("problem.missing_permissions", {"permissions": ", ".join(missing)})
    problems.report_words(conn, store, MISSING_PERMISSIONS, words, now)
    return missing


def _channel(channel: _Channel) -> ChannelFacts:
    return ChannelFacts(
        saleor_id=channel.id,
        ref=ChannelRef(
            slug=channel.slug,
            name=channel.name,
            currency=channel.currency_code,
            active=channel.is_active,
            default_country=channel.default_country.code,
            countries=tuple(sorted(country.code for country in channel.countries or ())),
            prices_entered_with_tax=channel.tax_configuration.prices_entered_with_tax,
            display_gross_prices=channel.tax_configuration.display_gross_prices,
        ),
    )
