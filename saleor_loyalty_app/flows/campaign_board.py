"""The campaigns that are for one member now, each with their code and until when."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import codes, repository
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.terms import ChannelValue, MemberLimit
from saleor_loyalty_app.campaigns.vouchers import DIFFERS, ENDED, TAKEN
from saleor_loyalty_app.flows.campaign_audience import candidates
from saleor_loyalty_app.flows.campaign_limits import had_all
from saleor_loyalty_app.flows.message_context import program_of
from saleor_loyalty_app.flows.shared_code_uses import why_not_usable
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import merged_members
from saleor_loyalty_app.programs import words
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
    program = program_of(conn, store, now)
    for campaign in running.values():
        if campaign.id not in behind or campaign.terms.kind_of_codes not in ("", "shared"):
            continue
        if campaign.terms.kind == "points" and not store.earning_on:
            continue
        audience = campaign.terms.audience.ready()
        judged = candidates(conn, store, program, audience, [member.id])
        if not judged or judged[0].why_not:
            continue
        if had_all(conn, store, campaign, member, now=now, keys=keys):
            continue
        shared = _shared(conn, campaign)
        if shared is not None:
            found.append(ForMe(campaign, shared, campaign.ends_at))
    shared_ones = [one.campaign for one in found if one.code and not one.own]
    why_not = why_not_usable(conn, store, member, everybody, shared_ones, now=now, keys=keys)
    found = [
        one if one.own else replace(one, why_not=why_not.get(one.campaign.id, "")) for one in found
    ]
    return sorted(found, key=lambda one: (one.until, one.campaign.id, one.code))


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


def _shared(conn: Connection, campaign: CampaignRow) -> str | None:
    """The shared code that Saleor has; "" where none is needed, None where it is not there.

    Nor is it where it was ended in Saleor, or takes off something else there than is said.
    """
    said = campaign.terms.codes
    if said is None or said.code is None:
        return ""
    if campaign.trouble in (TAKEN, DIFFERS, ENDED):
        return None
    row = codes.shared_of(conn, campaign.store_id, campaign.id)
    return row.code if row is not None and row.state == "open" else None
