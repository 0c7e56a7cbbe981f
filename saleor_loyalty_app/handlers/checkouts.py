"""Checkouts: the busiest events of all, and almost all of them are no news.

So nothing of them is kept, and nothing is written unless a code of ours, an offer of shipping or
goods of early access are concerned. They may be lost: whoever waits for them looks by itself in
time.

Saleor makes a checkout without a code and tells of every later change by CHECKOUT_UPDATED.
"""

from saleor_loyalty_app.flows import kept_goods_news, redemption_news, shipping_news
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.saleor.checkout_event import CheckoutEvent, CheckoutNews
from saleor_loyalty_app.saleor.event import MalformedEvent, parse

LONGEST_ID = 200
LONGEST_CODE = 255


def concerns(context: EventContext) -> bool:
    """Whether an event is news for anybody here; only reads.

    Raises:
        MalformedEvent: ids or codes that no Saleor makes.
    """
    news = _news(context)
    if news is None:
        return False
    return (
        redemption_news.concerns(context.conn, context.store, news, now=context.now)
        or shipping_news.concerns(context.conn, context.store, news)
        or kept_goods_news.concerns(context.conn, context.store, news, now=context.now)
    )


def receive_checkout(context: EventContext) -> None:
    """Tells those who are concerned by a checkout of its news.

    Raises:
        MalformedEvent: ids or codes that no Saleor makes.
    """
    news = _news(context)
    if news is not None:
        redemption_news.note_checkout(context.conn, context.store, news, now=context.now)
        if not shipping_news.note_checkout(context.conn, context.store, news, now=context.now):
            kept_goods_news.note_checkout(context.conn, context.store, news, now=context.now)


def _news(context: EventContext) -> CheckoutNews | None:
    """The checkout; none where it was completed or deleted before the event was sent."""
    news = parse(context.body, CheckoutEvent).checkout
    if news is None:
        return None
    if not 0 < len(news.id) <= LONGEST_ID or len(news.voucher_code or "") > LONGEST_CODE:
        raise MalformedEvent("unusable_id")
    return news


CHECKOUTS = Handler(
    name="checkouts",
    events=("CHECKOUT_UPDATED",),
    document="checkouts",
    receive=receive_checkout,
    inbox=False,
    concerns=concerns,
)
