"""What staff do with campaigns: plan, schedule, change, stop, clone, test, revoke codes.

Each in one transaction of who asks, noted with its actor. Saleor is told afterwards, from the rows.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check, codes, repository, vouchers
from saleor_loyalty_app.campaigns.errors import (
    CampaignChanged,
    CampaignCodeTaken,
    CampaignCodeUnknown,
    CampaignFixed,
    CampaignStateUnfit,
    CampaignWithoutCodes,
)
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.campaigns.terms import Terms
from saleor_loyalty_app.flows.campaign_budget import budget_changed, end_campaign
from saleor_loyalty_app.flows.campaign_turns import begin, main_voucher
from saleor_loyalty_app.flows.message_context import program_of
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.programs.problems import Problem
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

#: So long a test code can be used.
TEST_FOR = timedelta(days=2)
#: Saleor's clock may be behind ours.
HEAD_START = timedelta(days=1)
SHARED = "shared"


def create_campaign(
    conn: Connection, store: StoreRef, terms: Terms, *, actor: str, now: datetime
) -> CampaignRow:
    """A new draft, which does nothing yet.

    Raises:
        TooManyCampaigns: there are as many as there may be.
    """
    made = repository.create(conn, store.id, terms, now=now)
    _note(conn, made, actor, "campaign_created", now)
    return made


def change_campaign(
    conn: Connection,
    store: StoreRef,
    public_id: str,
    terms: Terms,
    *,
    version: int,
    actor: str,
    now: datetime,
) -> CampaignRow:
    """Saves changed terms; once scheduled, only name, texts, end, budget and telling change.

    A changed budget acts at once: one that is used up already ends the campaign.

    Raises:
        CampaignUnknown, CampaignChanged: there is none, or somebody was quicker.
        CampaignStateUnfit: it has ended.
        CampaignFixed: something was promised that would change.
        CampaignInvalid: its new end is in the past.
    """
    before = repository.get(conn, store.id, public_id, lock=True)
    if before.is_open:
        if fixed := check.fixed_changes(before.terms, terms):
            raise CampaignFixed(fields=fixed)
        if terms.ends_at <= now:
            raise check.refused([Problem("campaign_over", "ends_at")])
    saved = repository.save(conn, before, terms, version=version, now=now)
    if before.is_open:
        repository.note_version(conn, saved, actor, now=now)
        if saved.terms.budget != before.terms.budget:
            saved = budget_changed(conn, store, saved, now=now)
    if saved.is_open:
        if before.state == "running" and saved.terms.tell and not before.terms.tell:
            saved = begin(conn, saved, now=now)
        if saved.terms.codes is not None and vouchers.has_main(conn, saved.id):
            main_voucher(conn, saved)
            vouchers.move_end(conn, saved.id, saved.ends_at)
    _note(conn, saved, actor, "campaign_changed", now)
    return saved


def delete_campaign(
    conn: Connection, store: StoreRef, public_id: str, *, actor: str, now: datetime
) -> None:
    """Deletes a draft of which no code was ever made.

    Raises:
        CampaignUnknown: there is none.
        CampaignStateUnfit: it is no draft any more, or was tested with a code.
    """
    campaign = repository.get(conn, store.id, public_id, lock=True)
    if campaign.state != "draft" or vouchers.vouchers_of(conn, campaign.id):
        raise CampaignStateUnfit(state=campaign.state)
    _note(conn, campaign, actor, "campaign_deleted", now)
    repository.delete(conn, campaign)


def problems_of(conn: Connection, store: StoreRef, terms: Terms, *, now: datetime) -> list[Problem]:
    """Why terms cannot be scheduled in this store now, and what is worth a look."""
    program = program_of(conn, store, now)
    levels = () if program is None or program.tiers is None else program.tiers.levels
    segments = () if program is None else program.segments or ()
    return check.misfits(
        terms,
        {channel.slug: channel for channel in stores.channels(conn, store.id)},
        frozenset(level.id for level in levels),
        frozenset(segment.id for segment in segments),
        now,
    )


def schedule_campaign(
    conn: Connection,
    store: StoreRef,
    public_id: str,
    *,
    version: int,
    actor: str,
    now: datetime,
) -> CampaignRow:
    """Lets a draft begin at its time, or now; its codes are made in the background.

    Raises:
        CampaignUnknown, CampaignStateUnfit: there is none, or it is no draft.
        CampaignChanged: it is not the version that was looked at.
        CampaignInvalid: it does not fit the store.
        CampaignCodeTaken: another campaign has its code.
    """
    campaign = _draft(conn, store, public_id, version)
    faults = [
        one for one in problems_of(conn, store, campaign.terms, now=now) if one.severity == "error"
    ]
    if faults:
        raise check.refused(faults)
    said = campaign.terms.codes
    if (
        said is not None
        and said.code is not None
        and codes.is_taken(conn, store.id, said.code, but=campaign.id)
    ):
        raise CampaignCodeTaken(campaign_code=said.code)
    values: dict[str, object] = {"state": "scheduled", "published_at": now, "updated_at": now}
    if campaign.terms.kind_of_codes == "personal":
        values["issue_due_at"] = now
    planned = repository.change(conn, campaign.id, values)
    repository.note_version(conn, planned, actor, now=now)
    if said is not None and said.code is not None:
        codes.issue(conn, store.id, main_voucher(conn, planned), SHARED, now=now, code=said.code)
    if planned.starts_at <= now:
        planned = begin(conn, planned, now=now)
    _note(conn, planned, actor, "campaign_scheduled", now)
    return planned


def stop_campaign(
    conn: Connection, store: StoreRef, public_id: str, *, actor: str, now: datetime
) -> CampaignRow:
    """Ends a campaign by hand, with all of its codes; stopping it twice changes nothing.

    Raises:
        CampaignUnknown, CampaignStateUnfit: there is none, or it was never scheduled.
    """
    campaign = repository.get(conn, store.id, public_id, lock=True)
    if campaign.state == "draft":
        raise CampaignStateUnfit(state=campaign.state)
    if campaign.ended_by_force:
        return campaign
    if campaign.state == "ended":
        # What ran out may have left coupons that go on.
        vouchers.end_vouchers(conn, campaign.id, "hand", now=now)
        ended = repository.change(conn, campaign.id, {"ended_why": "hand"})
    else:
        ended = end_campaign(conn, store, campaign, "hand", now=now)
    _note(conn, ended, actor, "campaign_stopped", now)
    return ended


def clone_campaign(
    conn: Connection, store: StoreRef, public_id: str, *, name: str, actor: str, now: datetime
) -> CampaignRow:
    """A draft with the same terms, as long as the original and from tomorrow on.

    Raises:
        CampaignUnknown, TooManyCampaigns: there is none to clone, or there are too many.
    """
    terms = repository.get(conn, store.id, public_id).terms
    starts_at = max(terms.starts_at, now.replace(minute=0, second=0, microsecond=0) + HEAD_START)
    length = terms.ends_at - terms.starts_at
    moved = {"name": name, "starts_at": starts_at, "ends_at": starts_at + length}
    return create_campaign(conn, store, terms.model_copy(update=moved), actor=actor, now=now)


def adopt_code(
    conn: Connection, store: StoreRef, public_id: str, *, actor: str, now: datetime
) -> CampaignRow:
    """The owner says that the code which is in Saleor already is this campaign's.

    Raises:
        CampaignUnknown, CampaignStateUnfit: there is none, or nothing asks for that.
    """
    campaign = repository.get(conn, store.id, public_id, lock=True)
    if not campaign.is_open or campaign.trouble not in ("code_taken", "code_differs"):
        raise CampaignStateUnfit(state=campaign.state)
    adopted = repository.change(conn, campaign.id, {"adopts": True, "trouble": "", "differs": []})
    vouchers.look_again(conn, campaign.id)
    _note(conn, adopted, actor, "campaign_code_adopted", now)
    return adopted


def revoke_codes(
    conn: Connection,
    store: StoreRef,
    public_id: str,
    code_ids: Sequence[int],
    *,
    actor: str,
    now: datetime,
) -> int:
    """Ends single codes for good; gives how many had not ended. Used ones stay in the orders.

    Raises:
        CampaignUnknown, CampaignCodeUnknown: there is no such campaign, or it has no such code.
    """
    campaign = repository.get(conn, store.id, public_id, lock=True)
    known = codes.by_ids(conn, campaign.id, code_ids)
    if len(known) < len(set(code_ids)):
        raise CampaignCodeUnknown
    ended = codes.to_end(conn, [one.id for one in known], "hand", now=now)
    after = {"codes": ended}
    _note(conn, campaign, actor, "campaign_codes_revoked", now, after=after)
    return ended


def make_test_code(
    conn: Connection,
    store: StoreRef,
    public_id: str,
    member_id: int,
    *,
    actor: str,
    now: datetime,
) -> int:
    """Plans a code for one member that works for two days, whatever the campaign's state.

    Raises:
        CampaignUnknown, MemberNotFound: there is none.
        CampaignWithoutCodes: points need no code.
        CampaignInvalid: it does not fit the store.
    """
    campaign = repository.get(conn, store.id, public_id, lock=True)
    if campaign.terms.codes is None:
        raise CampaignWithoutCodes
    member = surviving_member(conn, store.id, member_id)
    if member is None or member.state == "erased":
        raise MemberNotFound
    faults = [
        one
        for one in problems_of(conn, store, campaign.terms, now=now)
        if one.severity == "error" and one.path.startswith("channels")
    ]
    if faults:
        raise check.refused(faults)
    batch = f"{vouchers.TEST}-{secrets.token_hex(4)}"
    voucher = vouchers.need_voucher(
        conn, store.id, campaign.id, batch, starts_at=now - HEAD_START, ends_at=now + TEST_FOR
    )
    made = codes.issue(
        conn, store.id, voucher, f"{codes.TRIAL}{batch}", now=now, member_id=member.id
    )
    _note(conn, campaign, actor, "campaign_tested", now, after={"member": member.id})
    if made is None:
        raise RuntimeError("a new key cannot have been used")
    return made


def _draft(conn: Connection, store: StoreRef, public_id: str, version: int) -> CampaignRow:
    campaign = repository.get(conn, store.id, public_id, lock=True)
    if campaign.state != "draft":
        raise CampaignStateUnfit(state=campaign.state)
    if campaign.version != version:
        raise CampaignChanged(version=campaign.version)
    return campaign


def _note(
    conn: Connection,
    campaign: CampaignRow,
    actor: str,
    kind: str,
    now: datetime,
    *,
    after: Mapping[str, object] | None = None,
) -> None:
    said = {"name": campaign.terms.name, "state": campaign.state, "version": campaign.version}
    staff_actions.note(
        conn,
        campaign.store_id,
        actor=actor,
        kind=kind,
        subject=f"campaign:{campaign.public_id}",
        after={**said, **(after or {})},
        now=now,
    )
