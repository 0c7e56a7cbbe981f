"""What a message looks like, with sample figures: for the page, and as a test mail."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows import message_context as context
from saleor_loyalty_app.flows.message_context import Figures, Recipient
from saleor_loyalty_app.flows.outbound import Outbound
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.messages.channels.port import Mail, NotSent
from saleor_loyalty_app.messages.channels.smtp import SmtpPlace
from saleor_loyalty_app.messages.errors import MailNotSetUp, MailRefused
from saleor_loyalty_app.messages.kinds import KINDS, Kind, MessageClass
from saleor_loyalty_app.messages.rendering import Rendered, render
from saleor_loyalty_app.messages.setup import MailSetup
from saleor_loyalty_app.messages.texts import Words, check, own_text
from saleor_loyalty_app.stores.refs import StoreRef

_BALANCE, _AVAILABLE = 340, 220


def preview(
    conn: Connection,
    store: StoreRef,
    kind: Kind,
    language: str,
    outbound: Outbound,
    *,
    words: Words | None = None,
    now: datetime,
) -> Rendered:
    """A kind of message with sample figures.

    Args:
        words: a text that is not stored yet; None = the one that would be sent.

    Raises:
        TextInvalid: the words cannot be used.
    """
    setup = context.dressed_setup(conn, store, outbound.settings.browser_url)
    if words is None:
        words = own_text(conn, store.id, kind, language).words
    else:
        check(kind, words)
    program = context.program_of(conn, store, now)
    shown = Figures(_sample(kind, setup, language, now), _BALANCE, _AVAILABLE)
    who = Recipient(0, "active", first_name=translate("mail.sample_name", language))
    values = context.in_words(shown, who, store, setup, program, language)
    marketing = KINDS[kind].message_class is MessageClass.marketing
    link = f"{outbound.settings.browser_url}/unsubscribe/sample" if marketing else ""
    return render(kind, words, language, values, setup, unsubscribe_url=link)


def place_of_test(conn: Connection, store: StoreRef, outbound: Outbound) -> SmtpPlace:
    """Where a test mail is handed over.

    Raises:
        MailNotSetUp: there is no mail server.
        TokenUnreadable: its password can no longer be read.
    """
    setup = context.dressed_setup(conn, store, outbound.settings.browser_url)
    place = outbound.mail_place(conn, store, setup, context.shop_name(store, setup))
    if place is None:
        raise MailNotSetUp
    return place


def send_test(
    outbound: Outbound, place: SmtpPlace, rendered: Rendered, to: str, *, now: datetime
) -> None:
    """Sends a preview to one address. A network call.

    Raises:
        MailRefused: the server did not take it.
    """
    reference = f"loyalty-test-{int(now.timestamp() * 1000)}"
    note = translate("mail.test", rendered.language)
    mail = Mail(reference, to, rendered.subject, rendered.html, f"{rendered.text}\n{note}\n")
    try:
        with outbound.open_mail(place) as channel:
            channel.send(mail, now)
    except NotSent as failure:
        language = rendered.language
        reason = translate(f"message_why.{failure.why}", language)
        raise MailRefused(reason, failure.answer) from None


def _sample(kind: Kind, setup: MailSetup, language: str, now: datetime) -> dict[str, Any]:
    soon = (now + timedelta(days=14)).isoformat()
    month = (now.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    everything: dict[str, Any] = {
        "points": 120,
        "order": "1042",
        "amount": "12.50",
        "currency": "TRY" if language == "tr" else "USD",
        "available_from": soon,
        "expires_at": (now + timedelta(days=30)).isoformat(),
        "last_earning_on": (now + timedelta(days=30)).date().isoformat(),
        "last_spending_on": (now + timedelta(days=120)).date().isoformat(),
        "valid_until": soon,
        "spending_from": (now + timedelta(hours=48)).isoformat(),
        "code": "K7Q2-WXN9-4HRT-VC8P",
        "blocked": "spending",
        "bonus": "question_answered",
        "years": 2,
        "goodwill": "late_delivery",
        "link": setup.look.points_url or "https://shop.example.com/points",
        "minutes": 15,
        "month": month,
        "earned": 300,
        "spent": 120,
        "expired": 0,
        "tier": translate("tiers.sample.tier", language),
        "drops_to": translate("tiers.sample.below", language),
        "drops_on": (now + timedelta(days=30)).date().isoformat(),
        "keep_by": (now + timedelta(days=29)).date().isoformat(),
        "missing": [
            {
                "kind": "spend",
                "amount": 120_000,
                "currency": "TRY" if language == "tr" else "USD",
            }
        ],
        "reward_item": {
            "id": "coffee",
            "names": {
                "en": translate("catalog.sample", "en"),
                "tr": translate("catalog.sample", "tr"),
            },
            "gift": {"type": "amount"},
            "points": 120,
            "channels": [
                {
                    "channel": "sample",
                    "currency": "TRY" if language == "tr" else "USD",
                    "amount": "12.50",
                }
            ],
        },
        "reward_channel": "sample",
        "reward_currency": "TRY" if language == "tr" else "USD",
        "title": translate("mail.sample_title", language),
        "body": translate("mail.sample_body", language),
    }
    if "link" not in KINDS[kind].fields:
        del everything["link"]
    return everything
