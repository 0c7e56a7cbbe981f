"""The campaigns that are for one member now, each with their code and until when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository, shared_codes
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.terms import ChannelValue, MemberLimit
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, ENDED, TAKEN
from saleor_loyalty_app.flows.campaign_audience import why_not_in_each, why_not_newcomer
from saleor_loyalty_app.flows.campaign_limits import had_all_of
from saleor_loyalty_app.flows.message_context import program_of
from saleor_loyalty_app.flows.shared_code_uses import why_not_usable
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef, Newcomer
from saleor_loyalty_app.members.repository import merged_members
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.boosts import Audience
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class ForMe:
    """A campaign as one member sees it; `code` is empty where none is needed.

    `own`: the code is theirs alone, also one to try a campaign with. `why_not` is "" unless a
    shared code does nothing for them any more (`shared_code_uses`).
    """

    campaign: CampaignRow
    code: str
    until: datetime
    own: bool = False
    why_not: str = ""


def campaigns_for(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    now: datetime,
    wanted: Callable[[CampaignRow], bool] | None = None,
    keys: EmailKeys | None = None,
) -> list[ForMe]:
    """What runs for a member, codes of their own included that outlive their campaign.

    A campaign whose code is not there yet, or was used, is left out, and so is one of which the
    member had all that one member gets. A shared code that they cannot use any more says why.

    Args:
        wanted: whether a campaign is asked about; without it all are. For others nobody is judged.
        keys: find what is remembered of the member's address under older secrets, too.
    """
    store = wind_downs.as_of(conn, store, now)
    everybody = [member.id, *merged_members(conn, store.id, member.id)]
    own = codes.of_members(conn, store.id, everybody, now=now)
    running = {one.id: one for one in repository.covering(conn, store.id, now)}
    others = {one.campaign_id for one in own} - running.keys()
    behind = running | repository.by_ids(conn, store.id, others)
    if wanted is not None:
        behind = {key: one for key, one in behind.items() if wanted(one)}
    found = [
        ForMe(behind[one.campaign_id], one.code, one.valid_until, own=True)
        for one in own
        if one.campaign_id in behind
    ]
    for_all = [
        one
        for one in running.values()
        if one.id in behind
        and one.terms.kind_of_codes in ("", "shared")
        and (one.terms.kind != "points" or store.earning_on)
    ]
    found += _open_to(conn, store, member, for_all, now=now, keys=keys)
    shared_ones = [one.campaign for one in found if one.code and not one.own]
    why_not = why_not_usable(conn, store, member, everybody, shared_ones, now=now, keys=keys)
    found = [
        one if one.own else replace(one, why_not=why_not.get(one.campaign.id, "")) for one in found
    ]
    return sorted(found, key=lambda one: (one.until, one.campaign.id, one.code))


def _open_to(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    campaigns: Sequence[CampaignRow],
    *,
    now: datetime,
    keys: EmailKeys | None,
) -> list[ForMe]:
    """Those campaigns without codes of members' own that are for a member, and are not used up.

    What they go by is read for all of them at once. A code that was ended in Saleor, or takes off
    something else there than is said, is not there.
    """
    if not campaigns:
        return []
    program = program_of(conn, store, now)
    audiences = [one.terms.audience.ready() for one in campaigns]
    why_not = _why_not_in_each(conn, store, program, audiences, member)
    mine = [one for one, why in zip(campaigns, why_not, strict=True) if not why]
    used_up = had_all_of(conn, store, mine, member, now=now, keys=keys)
    left = [one for one in mine if one.id not in used_up]
    shared = shared_codes.shared_of_each(conn, store.id, {one.id for one in left if _has_code(one)})
    dead = {one.id for one in left if one.trouble in (TAKEN, DIFFERS, ENDED)}
    said = {key: row.code for key, row in shared.items() if row.state == "open" and key not in dead}
    return [
        ForMe(one, said.get(one.id, ""), one.ends_at)
        for one in left
        if one.id in said or not _has_code(one)
    ]


def _has_code(campaign: CampaignRow) -> bool:
    """Whether everybody uses one code, which Saleor must have before it is of use."""
    said = campaign.terms.codes
    return said is not None and said.code is not None


def _why_not_in_each(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    audiences: Sequence[Audience],
    member: MemberRef,
) -> list[str]:
    if isinstance(member, Newcomer):
        return [why_not_newcomer(conn, store, program, one, member) for one in audiences]
    return why_not_in_each(conn, store, program, audiences, member.id)


def gives_words(campaign: CampaignRow, language: str) -> str:
    """What a campaign gives, in words: once, where it is the same in all of its channels."""
    terms = campaign.terms
    if terms.kind == "points" and terms.times is not None:
        times = words.number_words(terms.times, language)
        gives = translate("campaigns.gives.points", language, times=times)
        return _limited(gives, terms.per_member, language)
    if terms.kind == "free_shipping":
        return translate("campaigns.gives.free_shipping", language)
    reduced = campaign.reduced_at is not None
    said = dict.fromkeys(_off(terms.kind, one, reduced, language) for one in terms.channels)
    return " / ".join(said)


def _limited(gives: str, limit: MemberLimit | None, language: str) -> str:
    """What points times N come to for one member."""
    if limit is not None and limit.times is not None:
        one = ".one" if limit.times == 1 else ""
        orders = words.number_words(limit.times, language)
        gives = translate(
            f"campaigns.gives.at_most_times{one}", language, gives=gives, orders=orders
        )
    if limit is not None and limit.points is not None:
        points = words.points_words(limit.points, language)
        gives = translate("campaigns.gives.at_most_points", language, gives=gives, points=points)
    return gives


def _off(kind: str, one: ChannelValue, reduced: bool, language: str) -> str:
    value = one.reduced if reduced and one.reduced is not None else one.value
    if value is None:
        return ""
    if kind == "percent":
        number = words.number_words(value, language)
        return translate("campaigns.gives.percent", language, percent=number)
    money = words.money_words(value, one.currency, language)
    return translate("campaigns.gives.amount", language, amount=money)
