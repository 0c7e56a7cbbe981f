"""How somebody stands to the program, in the API's shapes."""

from datetime import datetime
from typing import Literal

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.storefront.board import require_channel
from saleor_loyalty_app.api.storefront.membership_schemas import AgreedText, Leaving, Membership
from saleor_loyalty_app.flows.take_part import Agreed, Loss, Standing
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.eligibility import takes_part
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef

State = Literal["none", "invited", "active", "paused", "blocked", "left"]
_STATES: dict[str, State] = {
    "invited": "invited",
    "active": "active",
    "paused": "paused",
    "blocked": "blocked",
    "left": "left",
}


def membership_page(
    standing: Standing, member: MemberRef | None, language: str, *, erased: bool = False
) -> Membership:
    """What is told of a standing; who was erased is told as nobody.

    Args:
        erased: they were, and did not join since.
    """
    program = standing.program
    texts = None if program is None else program.texts_for(language)
    settings = None if program is None else program.settings
    state = "" if standing.state == "erased" else standing.state
    automatic = settings is not None and settings.enrollment == "automatic"
    held_out = member is not None and member.hold_out
    is_in = settings is not None and not erased
    outside = erased or state == "left" or (not automatic and state in ("", "invited"))
    return Membership(
        state=_STATES.get(standing.state, "none"),
        takes_part=is_in and takes_part(state, hold_out=held_out, automatic=automatic),
        may_join=settings is not None and outside,
        member_since=standing.member_since if standing.takes_part else None,
        enrollment=None if settings is None else settings.enrollment,
        join_text=None if texts is None else texts.join,
        terms=_text(
            "" if settings is None else settings.terms_version,
            None if texts is None else texts.terms_url,
            standing.terms,
        ),
        privacy=_text(
            "" if settings is None else settings.privacy_version,
            None if texts is None else texts.privacy_url,
            standing.privacy,
        ),
    )


def leaving_page(
    conn: Connection,
    store: StoreRef,
    loss: Loss,
    *,
    channel: str | None,
    now: datetime,
    language: str,
) -> Leaving:
    """What leaving would cost, with the worth of the points where a channel is named.

    Raises:
        ChannelUnknown: the store has no such channel.
    """
    return Leaving(
        loses=loss.points + loss.pending,
        available=loss.points,
        pending=loss.pending,
        worth=_worth(conn, store, loss.points, channel, now),
        redemption=loss.live,
        says=loss_words(loss, language),
    )


def loss_words(loss: Loss, language: str) -> str:
    """What leaving costs, in sentences."""
    loses = loss.points + loss.pending
    key = "membership.loses" if loses else "membership.loses_nothing"
    sentences = [translate(key, language, points=words.points_words(loses, language))]
    if loss.live is not None:
        sentences.append(translate("membership.live", language))
    return " ".join(sentences)


def _worth(
    conn: Connection, store: StoreRef, points: int, channel: str | None, now: datetime
) -> Money | None:
    if channel is None:
        return None
    require_channel(conn, store.id, channel)
    revision = revision_at(conn, store.id, now)
    rates = () if revision is None else revision.program.currencies
    for one in rates:
        if one.channel == channel and revision is not None:
            worth = revision.program.worth(points, channel, one.currency)
            return None if worth is None else Money.of(worth, one.currency)
    return None


def _text(version: str, url: str | None, agreed: Agreed | None) -> AgreedText:
    return AgreedText(
        version=version,
        url=url,
        agreed_version=None if agreed is None else agreed.version,
        agreed_at=None if agreed is None else agreed.at,
        source=None if agreed is None else agreed.source,
    )
