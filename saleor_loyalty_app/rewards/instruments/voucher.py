"""A voucher with one single-use code: a price reduction, right for every kind of tax.

As Saleor's schema cannot say it: a voucher without a channel listing opens nothing, so a voucher
whose creation nobody heard of is harmless; codes are unique in a store, so that creating one again
is refused; an ended code stays on carts until they change, so it is taken off them first.
"""

from dataclasses import dataclass
from datetime import timedelta

from saleor_loyalty_app import log
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.rewards import codes, quote
from saleor_loyalty_app.rewards.errors import SaleorRefused
from saleor_loyalty_app.rewards.instruments.carts import Carts, refusals
from saleor_loyalty_app.rewards.instruments.port import Place, Saleor, Terms
from saleor_loyalty_app.rewards.instruments.voucher_kinds import voucher_input, voucher_value
from saleor_loyalty_app.rewards.quote import CartForSpending, Quote
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.saleor.checkout_snapshot import vouchers_with_code
from saleor_loyalty_app.saleor.global_ids import names
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

VOUCHER = "voucher"
#: A voucher begins so long before it is made, as Saleor's clock may be behind …
HEAD_START = timedelta(days=1)
#: … and ends so long after the points would have gone back, as its end never ends a redemption.
TAIL = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class VoucherInstrument:
    """The `Instrument` that discounts a cart: its goods, one unit of them, or its shipping."""

    saleor: Saleor
    carts: Carts

    def quote(
        self,
        program: Program,
        channel: str,
        currency: str,
        cart: CartForSpending | None,
        available: int,
        points: int,
    ) -> Quote:
        """See `Instrument`."""
        limits = program.spending
        return quote.quote(program, limits, channel, currency, cart, available, points)

    def issue(self, store: StoreRef, redemption: RedemptionRef) -> str:
        """See `Instrument`."""
        dates = _open_dates(redemption)
        made_of = voucher_input(redemption.terms)
        if "variants" in made_of:
            made_of["variants"] = [self._variant(store, one) for one in made_of["variants"]]
        data = self.saleor.ask(
            store,
            "mutations/voucher_create",
            {
                "input": {
                    "name": codes.voucher_name(redemption.public_id),
                    **made_of,
                    "addCodes": [redemption.code],
                    "singleUse": True,
                    **dates,
                }
            },
        )
        refused = refusals(data)
        if not refused:
            made: str = data["voucherCreate"]["voucher"]["id"]
            return made
        if found := self._by_code(store, redemption.code):
            return found
        logger.warning("voucher_refused", store_id=store.id, error_code=refused[0]["code"])
        raise SaleorRefused

    def open(self, store: StoreRef, redemption: RedemptionRef, terms: Terms) -> None:
        """See `Instrument`."""
        listing: dict[str, object] = {
            "channelId": terms.channel_id,
            "discountValue": voucher_value(redemption.terms, redemption.amount),
        }
        if terms.minimum:
            listing["minAmountSpent"] = plain(terms.minimum)
        known = {
            codes.REDEMPTION_KEY: redemption.public_id,
            codes.MEMBER_KEY: redemption.user_id,
            codes.POINTS_KEY: str(redemption.points),
            codes.CHECKOUT_KEY: redemption.checkout_id,
            codes.DRAFT_KEY: redemption.order_id,
            **_reward_of(redemption),
        }
        refused = refusals(
            self.saleor.ask(
                store,
                "mutations/voucher_open",
                {
                    "id": redemption.voucher_id,
                    "metadata": [
                        {"key": key, "value": value} for key, value in known.items() if value
                    ],
                    "listing": {"addChannels": [listing]},
                },
            )
        )
        if refused:
            logger.warning("voucher_refused", store_id=store.id, error_code=refused[0]["code"])
            raise SaleorRefused

    def attach(self, store: StoreRef, redemption: RedemptionRef, place: Place) -> None:
        """See `Instrument`."""
        self.carts.put(store, place, redemption.code)

    def detach(self, store: StoreRef, redemption: RedemptionRef, place: Place) -> None:
        """See `Instrument`."""
        self.carts.take(store, place, redemption.code)

    def consume(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """Saleor itself marks a single-use code as used; another cart with it may be paid."""

    def restore(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """A used code stays used in Saleor, whatever becomes of its order."""

    def release(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """Ends the code where there is a voucher; one that staff deleted is ended as well.

        The end lies before the creation, so that no clock that goes wrong leaves a gap.
        """
        voucher_id = redemption.voucher_id or self._by_code(store, redemption.code)
        if voucher_id is None:
            return
        start = redemption.created_at - HEAD_START
        end = start + timedelta(seconds=1)
        self._redate(
            store, voucher_id, {"startDate": start.isoformat(), "endDate": end.isoformat()}
        )

    def revive(self, store: StoreRef, redemption: RedemptionRef) -> None:
        """See `Instrument`."""
        if redemption.voucher_id is not None:
            self._redate(store, redemption.voucher_id, _open_dates(redemption))

    def _redate(self, store: StoreRef, voucher_id: str, dates: dict[str, str]) -> None:
        refused = refusals(
            self.saleor.ask(store, "mutations/voucher_update", {"id": voucher_id, "input": dates})
        )
        gone = [error for error in refused if error["code"] == "NOT_FOUND"]
        if gone:
            logger.info("voucher_gone", store_id=store.id, error_code=gone[0]["code"])
        elif refused:
            raise SaleorRefused

    def _variant(self, store: StoreRef, reference: str) -> str:
        """Saleor's id of a variant that a program names by its id or SKU."""
        if names(reference, "ProductVariant"):
            return reference
        data = self.saleor.ask(
            store,
            "queries/catalog_variants",
            {"first": 1, "where": {"sku": {"oneOf": [reference]}}},
        )
        edges = (data.get("productVariants") or {}).get("edges") or ()
        for edge in edges:
            found: str = edge["node"]["id"]
            return found
        logger.warning("variant_unknown", store_id=store.id)
        raise SaleorRefused

    def _by_code(self, store: StoreRef, code: str) -> str | None:
        data = self.saleor.ask(store, "queries/vouchers_by_code", {"code": code})
        return next(iter(vouchers_with_code(data, code)), None)


def _reward_of(redemption: RedemptionRef) -> dict[str, str]:
    """What a restored database has to know of a reward, beside the points."""
    if redemption.terms is None:
        return {}
    return {
        codes.REWARD_KEY: str(redemption.terms["reward"]),
        codes.AMOUNT_KEY: plain(redemption.amount),
        codes.PERK_KEY: str(redemption.terms.get("perk", "")),
    }


def _open_dates(redemption: RedemptionRef) -> dict[str, str]:
    return {
        "startDate": (redemption.created_at - HEAD_START).isoformat(),
        "endDate": (redemption.deadline + TAIL).isoformat(),
    }
