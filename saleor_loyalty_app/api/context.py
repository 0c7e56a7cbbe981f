"""What the faces need from the process; `create_app` puts it at `app.state.faces`."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from saleor_loyalty_app.api.errors import request_language
from saleor_loyalty_app.api.gate import Gate
from saleor_loyalty_app.api.saleor.tenants import Tenants
from saleor_loyalty_app.api.saleor_calls import SaleorCalls
from saleor_loyalty_app.api.shopper_tokens import ShopperTokens
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.catalog_names import CatalogBook
from saleor_loyalty_app.flows.outbound import Outbound
from saleor_loyalty_app.flows.product_gates import GateBook
from saleor_loyalty_app.flows.replay_inbox import Replay
from saleor_loyalty_app.flows.shown_prices import PriceBook
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.queue.failed import FailedJobs
from saleor_loyalty_app.settings import Settings


@dataclass(frozen=True, slots=True)
class Faces:
    """The books, the time and the stores, as storefront and Dashboard requests use them.

    Attributes:
        gate: who may ask how often.
        calls: where what asks Saleor runs.
        access: sends documents to stores; only within `calls`.
        spender: spends points; only within `calls`.
        shopper_tokens: issues and reads loyalty tokens.
        email_keys: stand for e-mail addresses.
        public_url: where browsers reach the app, without a slash at the end.
        outbound: mail, text messages and what partners are told.
        replay: runs dead letters again; on a thread of its own.
        failed_jobs: those that were given up.
        settings: what the operator set for all stores.
        gates: what products say on who may buy them; only within `calls`.
        prices: what goods cost everybody; asked for only within `calls`.
        catalog: what stores call what they sell; asked for only within `calls`.
    """

    database: Database
    clock: Clock
    tenants: Tenants
    gate: Gate
    calls: SaleorCalls
    access: StoreAccess
    spender: Spender
    shopper_tokens: ShopperTokens
    email_keys: EmailKeys
    public_url: str
    outbound: Outbound
    replay: Replay
    failed_jobs: FailedJobs
    settings: Settings
    gates: GateBook = field(default_factory=GateBook)
    prices: PriceBook = field(default_factory=PriceBook)
    catalog: CatalogBook = field(default_factory=CatalogBook)


def faces_of(request: Request) -> Faces:
    """The faces' share of the process that serves `request`."""
    faces = request.app.state.faces
    if not isinstance(faces, Faces):
        raise TypeError("app.state.faces is not set")
    return faces


async def _faces(request: Request) -> Faces:
    """FastAPI sends a dependency that is not `async` to a thread, and waits for it to come back."""
    return faces_of(request)


async def _language(request: Request) -> str:
    return request_language(request)


FacesOf = Annotated[Faces, Depends(_faces)]
Language = Annotated[str, Depends(_language)]
