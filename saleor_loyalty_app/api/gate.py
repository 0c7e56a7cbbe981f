"""Who may ask how often. Reads are let in when the counting fails, spending is not."""

import asyncio
from ipaddress import IPv6Address, ip_address, ip_network
from typing import ClassVar

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.limiting.limiter import Limit, Limiter, TooManyRequests
from saleor_loyalty_app.limiting.rates import rate_of
from saleor_loyalty_app.settings import Settings

#: Counting takes a millisecond; longer than this nobody waits for it.
LONGEST_COUNT = 2.0
#: Addresses of one IPv6 household share these bits.
_HOUSEHOLD = 64
_log = log.get(__name__)


class CountingFailed(AppError):
    """How often somebody spent lately cannot be told now, so that nothing is spent."""

    code: ClassVar[str] = "limits_unavailable"
    status: ClassVar[int] = 503

    def __init__(self) -> None:
        super().__init__()
        self.retry_after = 5


class Gate:
    """The limits of the faces.

    Args:
        limiter: counts, alone or with the other processes.
    """

    def __init__(self, limiter: Limiter, settings: Settings) -> None:
        self._limiter = limiter
        self._spending = Limit("spending", rate_of(settings.spending_limit))
        self._giving_back = Limit("giving_back", rate_of(settings.spending_limit))
        self._changing = Limit("changing", rate_of(settings.spending_limit))
        self._reading = Limit("reading", rate_of(settings.reading_limit))
        self._public = Limit("public", rate_of(settings.public_limit))
        self._session = Limit("session", rate_of(settings.session_limit))
        self._estimate = Limit("estimate", rate_of(settings.estimate_limit))
        self._sign_in = Limit("sign_in", rate_of(settings.sign_in_limit))
        self._staff = Limit("staff", rate_of(settings.staff_limit))
        self._partner = Limit("partner", rate_of(settings.partner_limit))

    async def read(self, who: str) -> None:
        """A signed-in shopper reads.

        Raises:
            TooManyRequests: they did so too often.
        """
        await self._let_in(self._reading, who)

    async def read_unknown(self, request: Request) -> None:
        """Somebody without a token reads; counted by their address.

        Raises:
            TooManyRequests: their address did so too often.
        """
        await self._let_in(self._public, address_of(request))

    async def estimate(self, request: Request, store_id: int) -> None:
        """Somebody without a token asks what a cart would earn at a store.

        Raises:
            TooManyRequests: their address did so too often there.
        """
        await self._let_in(self._estimate, f"{store_id}:{address_of(request)}")

    async def begin_session(self, who: str) -> None:
        """A shopper's token is exchanged, which asks Saleor.

        Raises:
            TooManyRequests: it was too often.
            CountingFailed: it cannot be told.
        """
        await self._let_in_surely(self._session, who)

    async def send_link(self, request: Request, store_id: int, address_key: str) -> None:
        """A link is asked for that is mailed: counted for who asks, and for whom it is mailed to.

        Args:
            address_key: stands for the e-mail address.

        Raises:
            TooManyRequests: it was too often.
            CountingFailed: it cannot be told.
        """
        await self._let_in_surely(self._sign_in, f"{store_id}:from:{address_of(request)}")
        await self._let_in_surely(self._sign_in, f"{store_id}:to:{address_key}")

    async def spend(self, who: str) -> None:
        """A shopper spends points.

        Raises:
            TooManyRequests: they did so too often.
            CountingFailed: it cannot be told now.
        """
        await self._let_in_surely(self._spending, who)

    async def give_back(self, who: str) -> None:
        """A shopper gives spending up: counted apart, so that whoever tried too often still may.

        Raises:
            TooManyRequests: they did so too often.
            CountingFailed: it cannot be told now.
        """
        await self._let_in_surely(self._giving_back, who)

    async def change(self, who: str) -> None:
        """A shopper changes something about themselves that costs no points.

        Raises:
            TooManyRequests: they did so too often.
            CountingFailed: it cannot be told now.
        """
        await self._let_in_surely(self._changing, who)

    async def serve_customer(self, who: str) -> None:
        """A staff member spends for a customer or decides a case.

        Raises:
            TooManyRequests: they did so too often.
            CountingFailed: it cannot be told now.
        """
        await self._let_in_surely(self._staff, who)

    async def read_as_partner(self, who: str) -> None:
        """Another system of the store reads.

        Raises:
            TooManyRequests: its key did so too often.
        """
        await self._let_in(self._partner, who)

    async def act_as_partner(self, who: str) -> None:
        """Another system of the store moves points, or has somebody join.

        Raises:
            TooManyRequests: its key did so too often.
            CountingFailed: it cannot be told now.
        """
        await self._let_in_surely(self._partner, who)

    async def _let_in(self, limit: Limit, who: str) -> None:
        """Whom nobody can count is let in: what they read is bounded otherwise."""
        try:
            await self._count(limit, who)
        except (SQLAlchemyError, TimeoutError) as failure:
            _log.warning("requests_not_counted", limit=limit.name, exc_info=failure)

    async def _let_in_surely(self, limit: Limit, who: str) -> None:
        """The counters are in the database of the points: without it nothing can be spent."""
        try:
            await self._count(limit, who)
        except (SQLAlchemyError, TimeoutError) as failure:
            raise CountingFailed from failure

    async def _count(self, limit: Limit, who: str) -> None:
        try:
            async with asyncio.timeout(LONGEST_COUNT):
                await self._limiter.require_room_async(limit, who)
        except TooManyRequests:
            metrics.refusals.labels(limit.name, TooManyRequests.code).inc()
            raise


def address_of(request: Request) -> str:
    """Whom a request without a token is counted for: an IPv4 address, or an IPv6 household.

    It is the address that the server was told: X-Forwarded-For is believed only of the proxies
    that `serve --proxies` names.
    """
    host = request.client.host if request.client is not None else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:100]
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _HOUSEHOLD), strict=False))
    return str(address)
