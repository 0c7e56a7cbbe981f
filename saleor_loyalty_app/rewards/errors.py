"""Why points cannot be spent, one class a reason; the texts stand in `rewards.po`."""

from collections.abc import Mapping
from typing import Any

from saleor_loyalty_app.errors import AppError


class SpendingRefused(AppError):
    """Points are not spent. A redemption that failed on the way keeps such a reason."""

    code = "spending_refused"
    status = 409


class SpendingOff(SpendingRefused):
    """The store switched spending off."""

    code = "spending_off"


class NoProgram(SpendingRefused):
    """The store has no program in force."""

    code = "no_program"


class CurrencyWithoutRate(SpendingRefused):
    """Points have no worth in this channel. Detail: channel, currency."""

    code = "currency_without_rate"


class SpendingBlocked(SpendingRefused):
    """The member may not spend. Detail: reason, a stable word."""

    code = "spending_blocked"
    status = 403


class UserInactive(SpendingRefused):
    """The account was deactivated or deleted in Saleor since the token was given."""

    code = "user_inactive"
    status = 403


class NotEnoughPoints(SpendingRefused):
    """There are fewer points to spend. Detail: available, needed."""

    code = "not_enough_points"


class InvalidPoints(SpendingRefused):
    """Not a whole number of points within bounds. Detail: maximum."""

    code = "invalid_points"
    status = 422


class BelowMinimumPoints(SpendingRefused):
    """Fewer points than may be spent at once. Detail: minimum."""

    code = "below_minimum_points"
    status = 422


class NotAMultiple(SpendingRefused):
    """Points are spent in steps. Detail: step."""

    code = "not_a_multiple"
    status = 422


class WorthNothing(SpendingRefused):
    """The points are worth less than the smallest coin. Detail: minimum."""

    code = "worth_nothing"
    status = 422


class BelowMinimumOrder(SpendingRefused):
    """The goods cost less than points may be spent on. Detail: minimum, missing, currency."""

    code = "below_minimum_order"


class AboveMaximum(SpendingRefused):
    """The points are worth more than they may pay of this cart. Detail: maximum (points)."""

    code = "above_maximum"


class OtherCode(SpendingRefused):
    """Another code is on the cart; it is not replaced."""

    code = "other_code"


class RedemptionLive(SpendingRefused):
    """Points are already being spent on this cart. Detail: id."""

    code = "redemption_live"


class CartUnknown(SpendingRefused):
    """There is no such checkout or draft order of this shopper."""

    code = "cart_unknown"
    status = 404


class CartCompleted(SpendingRefused):
    """The draft is an order by now."""

    code = "cart_completed"


class CartChanging(SpendingRefused):
    """The cart was changed again and again while the discount was put on it."""

    code = "cart_changing"


class PaymentUnderWay(SpendingRefused):
    """Money is authorized, charged or pending on the checkout."""

    code = "payment_under_way"


class CodeRefused(SpendingRefused):
    """Saleor does not take the code on this cart."""

    code = "code_refused"


class SaleorRefused(SpendingRefused):
    """Saleor refused to make the discount."""

    code = "saleor_refused"


class WorseOff(SpendingRefused):
    """The discount would save less than promised, as it takes another away.

    Detail: promised, saved, currency; before and after (goods and shipping together, gross).
    """

    code = "worse_off"


class DeliveryLost(SpendingRefused):
    """With the discount the chosen delivery is not offered any more."""

    code = "delivery_lost"


class GiftLost(SpendingRefused):
    """With the discount a gift in the cart goes away."""

    code = "gift_lost"


class RewardUnknown(SpendingRefused):
    """There is no such reward in the catalog, or not now. Detail: reward."""

    code = "reward_unknown"
    status = 404


class RewardNotHere(SpendingRefused):
    """The reward is not offered in this channel. Detail: reward, channel."""

    code = "reward_not_here"


class RewardForTier(SpendingRefused):
    """The reward is for other tiers. Detail: tiers (their ids)."""

    code = "reward_for_tier"
    status = 403


class RewardForSegment(SpendingRefused):
    """The reward is for members of other segments. Detail: reward."""

    code = "reward_for_segment"
    status = 403


class RewardForOlder(SpendingRefused):
    """The reward is for who is a member for longer. Detail: days, missing."""

    code = "reward_for_older"
    status = 403


class RewardGone(SpendingRefused):
    """The last one was taken."""

    code = "reward_gone"


class RewardLimit(SpendingRefused):
    """The member has taken as many as one may in this period. Detail: times, period."""

    code = "reward_limit"


class RewardNeedsCart(SpendingRefused):
    """The reward is taken for a cart, as what it takes off depends on that."""

    code = "reward_needs_cart"
    status = 422


class RewardByCode(SpendingRefused):
    """The reward is a code to be entered, or handed over; it is not put on a cart."""

    code = "reward_by_code"
    status = 422


class RewardWorthNothing(SpendingRefused):
    """The share of so small a cart is less than the smallest coin."""

    code = "reward_worth_nothing"


class ClaimInPreparation(AppError):
    """The store is preparing it already: staff decide now."""

    code = "claim_in_preparation"
    status = 409


class RewardGiven(AppError):
    """It cost no points, so that its member has nothing to get back for it."""

    code = "reward_given"
    status = 409


class ClaimSettled(AppError):
    """Nothing is left to move: it was handed over, refused or given back. Detail: state."""

    code = "claim_settled"
    status = 409


class ClaimNoteMissing(AppError):
    """A reward is refused with a word of why."""

    code = "claim_note_missing"
    status = 422


class RedemptionUnknown(AppError):
    """The store has no such redemption of this shopper."""

    code = "redemption_unknown"
    status = 404


class RedemptionConsumed(AppError):
    """An order was made with it; points come back when the order is canceled or refunded."""

    code = "redemption_consumed"
    status = 409


def _all(kind: type[SpendingRefused]) -> list[type[SpendingRefused]]:
    return [kind, *(found for child in kind.__subclasses__() for found in _all(child))]


def failure_of(reason: Mapping[str, Any] | None) -> SpendingRefused:
    """The failure behind the reason that a failed redemption keeps."""
    detail = dict(reason or {})
    code = detail.pop("code", SpendingRefused.code)
    for kind in _all(SpendingRefused):
        if kind.code == code:
            return kind(**detail)
    return SpendingRefused()


def reason_of(failure: AppError) -> dict[str, Any]:
    """What a redemption keeps of a failure: code and detail, as JSON values."""
    return {"code": failure.code} | failure.detail
