"""Rewards on the rewards page: what points can be exchanged for, and what was taken."""

import re
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.redemption_answers import release, spend
from saleor_loyalty_app.api.reward_schemas import RewardClaim, RewardOffer
from saleor_loyalty_app.api.rewards.answers import PageRoute, back, place_of
from saleor_loyalty_app.api.rewards.looks import asked_language
from saleor_loyalty_app.api.rewards.visits import FormExpired, visitors_form
from saleor_loyalty_app.flows.reward_board import claims_of, offers
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.rewards.errors import RedemptionUnknown
from saleor_loyalty_app.rewards.spend_request import Bearer, SpendRequest
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

router = APIRouter(include_in_schema=False, route_class=PageRoute)
_WISH = re.compile(r"[A-Za-z0-9_-]{16,64}")
_REWARD = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_SLUG = re.compile(r"\S{1,255}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: So many claims are shown at most.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class ChannelRewards:
    """The rewards of one channel; `name` is "" where the store has only one."""

    channel: str
    name: str
    rewards: tuple[RewardOffer, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the page shows of it."""

    channels: tuple[ChannelRewards, ...]
    claims: tuple[RewardClaim, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.channels and not self.claims


def read_exchange(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    program: Program | None,
    *,
    now: datetime,
    keys: EmailKeys,
    language: str,
) -> Exchange:
    """The rewards that a member may take in each channel, and what they took."""
    names = {one.slug: one.name for one in channels(conn, store.id) if one.active}
    offered = offers(conn, store, member, program, list(names), now=now, keys=keys)
    found = tuple(
        ChannelRewards(
            channel,
            names[channel] if len(offered) > 1 else "",
            tuple(RewardOffer.of(one, language) for one in rewards),
        )
        for channel, rewards in offered.items()
    )
    taken = claims_of(conn, store, member, first=SHOWN, open_at=now)
    return Exchange(found, tuple(RewardClaim.of(one, language, store.timezone) for one in taken))


@router.post("/rewards/{name}/rewards/{reward}")
async def take_reward(request: Request, faces: FacesOf, name: str, reward: str) -> Response:
    """Takes a reward; the same form sent twice takes one."""
    place = await place_of(faces, name)
    visitor, form = await visitors_form(request, place, faces.database, faces.clock)
    await faces.gate.spend(visitor.shopper.key)
    channel, wish = form.get("channel", ""), form.get("wish", "")
    if not _WISH.fullmatch(wish) or not _SLUG.fullmatch(channel) or not _REWARD.fullmatch(reward):
        raise FormExpired
    asked = SpendRequest(
        user_id=visitor.shopper.user_id,
        actor=visitor.shopper.actor,
        target=Bearer(channel),
        points=0,
        key=f"rewards:{wish}",
        reward=reward,
    )
    await spend(faces, place.store, asked, key=wish)
    return back(place, "taken", asked_language(request), to="exchange")


@router.post("/rewards/{name}/claims/{claim_id}/give-up")
async def give_up_claim(request: Request, faces: FacesOf, name: str, claim_id: str) -> Response:
    """Gives a reward back that was not used; its points come back."""
    place = await place_of(faces, name)
    visitor, _ = await visitors_form(request, place, faces.database, faces.clock)
    await faces.gate.give_back(visitor.shopper.key)
    if not _ID.fullmatch(claim_id):
        raise RedemptionUnknown
    shopper = visitor.shopper
    await release(faces, place.store, claim_id, user_id=shopper.user_id, actor=shopper.actor)
    return back(place, "given_up", asked_language(request), to="exchange")
