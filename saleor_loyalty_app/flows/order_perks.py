"""What an order brings beside points: rewards, tiers, tags and messages, given and taken once.

Called for every look at an order that is booked, inside its transaction. What is given is a
function of the plan and of what the customer kept: the same look again changes nothing. Nothing of
it may block points: what cannot be given is told as a problem.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.known_member import lock_members
from saleor_loyalty_app.flows.order_owner import Ownership
from saleor_loyalty_app.flows.perk_messages import send_message, take_message, went_out
from saleor_loyalty_app.flows.perk_rewards import give_reward, take_reward
from saleor_loyalty_app.flows.perk_tags import give_tag, take_tag
from saleor_loyalty_app.flows.perk_tiers import give_tier, take_tier
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_id, surviving_member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.programs import cap_uses, perk_rows, tag_rows
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.perk_rows import (
    COUNTED,
    GIVEN,
    KEPT,
    REFUSED,
    TAKEN,
    WAITING,
    PerkRow,
)
from saleor_loyalty_app.programs.perks import (
    GiveTag,
    IssueReward,
    PlannedEffect,
    PlannedMessage,
    effect_of,
)
from saleor_loyalty_app.programs.perks_words import perk_name
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.rewards import redemptions, use_records
from saleor_loyalty_app.rewards.errors import NoProgram, SpendingOff, SpendingRefused
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.uses import mark_of
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.problems import report_words, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.errors import TierMemberUnfit, TiersOff, TierUnknown

_ORDER = "order:"
#: What the detail of a reward's row calls its redemption.
_NAMED = "redemption"
_O = table(OrderState).c
#: Why something cannot be given, for good.
_REFUSALS = (SpendingRefused, TierMemberUnfit, TiersOff, TierUnknown)


def gifts_of(conn: Connection, store: StoreRef, order_ids: Iterable[str]) -> list[int]:
    """The ids of the rewards that orders brought: redemptions, to be locked with others."""
    rows = perk_rows.of_sources(conn, store.id, [_source(one) for one in order_ids])
    return redemptions.ids_of(conn, store.id, _named(rows))


def lock_gifts(
    conn: Connection, store: StoreRef, plan: AwardPlan | None, snapshot: OrderSnapshot
) -> None:
    """Locks the rewards that an order brought, and those that it used, before any account is."""
    if plan is None or not plan.perks:
        return
    if gifts := gifts_of(conn, store, [snapshot.id]):
        used = use_records.concerned(conn, store.id, mark_of(snapshot))
        redemptions.lock(conn, store.id, [*gifts, *used])


def settle_perks(
    conn: Connection,
    store: StoreRef,
    snapshot: OrderSnapshot,
    plan: AwardPlan,
    owner: Ownership,
    *,
    kept: bool,
    revision_id: int | None,
    now: datetime,
) -> frozenset[str]:
    """Gives and takes back what the order brings; gives the rules whose perk counts for caps.

    The caller holds the order, and the rewards that it brought (`lock_gifts`).

    Args:
        revision_id: of the program that decided the plan.
        kept: whether the customer kept anything of the order.
    """
    if not plan.perks:
        return frozenset()
    source = _source(snapshot.id)
    before = perk_rows.of_sources(conn, store.id, [source])
    people = {surviving_id(conn, store, row.member_id) for row in before}
    if owner.member_id is not None:
        people.add(owner.member_id)
    # Limits are read and drawn, and tiers are changed, by one at a time.
    lock_members(conn, store, people)
    rows = perk_rows.of_sources(conn, store.id, [source], lock=True)
    gifts = redemptions.lock(conn, store.id, redemptions.ids_of(conn, store.id, _named(rows)))
    wanted = None
    if owner.member_id is not None and kept and not owner.withheld:
        wanted = member_by_id(conn, store.id, owner.member_id)
    work = _Work(
        conn,
        store,
        snapshot,
        revision_at(conn, store.id, now),
        {gift.public_id: gift for gift in gifts},
        decided_by=revision_id,
        paid_at=plan.expires_from,
        now=now,
    )
    known = {row.rule_id: row for row in rows}
    counted = set()
    for one in plan.perks:
        row = work.settled(one["rule"], effect_of(one["effect"]), known.get(one["rule"]), wanted)
        if row is not None and row.state in COUNTED:
            counted.add(row.rule_id)
    return frozenset(counted)


def surviving_id(conn: Connection, store: StoreRef, member_id: int) -> int:
    """Who a member is today: they, or whom they were merged into."""
    found = surviving_member(conn, store.id, member_id)
    return member_id if found is None else found.id


def note_failed(
    conn: Connection, store: StoreRef, redemption: RedemptionRef, *, now: datetime
) -> None:
    """Saleor refused the code of a gift: nothing was given, and the owner is told.

    The caller holds the redemption.
    """
    lock_members(conn, store, [surviving_id(conn, store, redemption.member_id)])
    row_id = redemption.request_key.removeprefix("perk:").partition(":")[0]
    row = perk_rows.by_id(conn, store.id, int(row_id)) if row_id.isdecimal() else None
    if row is None or row.state != GIVEN or row.detail.get(_NAMED) != redemption.public_id:
        return
    reason = dict(redemption.reason or {})
    code = str(reason.pop("code", redemption.state))
    detail = {**row.detail, "code": code, "detail": reason}
    perk_rows.change(conn, row.id, now=now, state=REFUSED, detail=detail)
    cap_uses.give_back(conn, store.id, row.source, row.rule_id)
    query = sa.select(_O.number).where(
        _O.store_id == store.id, _O.order_id == row.source.removeprefix(_ORDER)
    )
    number = conn.execute(query).scalar_one_or_none() or ""
    revision = revision_at(conn, store.id, now)
    _tell(
        conn,
        store,
        None if revision is None else revision.program,
        row.rule_id,
        IssueReward(type="issue_reward", reward=str((redemption.terms or {})["reward"])),
        number,
        Words(f"error.{code}", _plain(reason)),
        now,
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """One look's work; see `settle_perks`."""

    conn: Connection
    store: StoreRef
    snapshot: OrderSnapshot
    revision: Revision | None
    gifts: Mapping[str, RedemptionRef]
    decided_by: int | None
    paid_at: datetime
    now: datetime

    def settled(
        self, rule_id: str, effect: PlannedEffect, row: PerkRow | None, wanted: MemberRef | None
    ) -> PerkRow | None:
        """The row of a perk as it is to be; None where nothing was ever to be given."""
        if row is not None:
            row = self._followed(row)
            if row.state == GIVEN and not self._is_of(row, wanted):
                row = self._taken(row)
            elif row.state == WAITING and wanted is None:
                row = self._changed(row, state=TAKEN, detail=_lasting(row))
            elif row.state == KEPT and self._is_of(row, wanted):
                row = self._changed(row, state=GIVEN)
        if wanted is not None and (row is None or row.state in (TAKEN, WAITING)):
            row = self._given(rule_id, effect, row, wanted)
        return row

    def _followed(self, row: PerkRow) -> PerkRow:
        """What was used, or went out, in the moment that it was taken back is kept after all."""
        if row.state not in (TAKEN, WAITING):
            return row
        gift = self._gift(row)
        used = went_out(self.conn, self.store, row) if gift is None else gift.is_spent
        return self._changed(row, state=KEPT) if used else row

    def _gift(self, row: PerkRow) -> RedemptionRef | None:
        """The reward that was given last, as it was before this look."""
        return self.gifts.get(str(row.detail.get(_NAMED, "")))

    def _is_of(self, row: PerkRow, wanted: MemberRef | None) -> bool:
        found = surviving_id(self.conn, self.store, row.member_id)
        return wanted is not None and wanted.id == found

    def _taken(self, row: PerkRow) -> PerkRow:
        number = self.snapshot.number
        if row.kind == "issue_reward":
            gift = self.gifts[str(row.detail[_NAMED])]
            back = take_reward(self.conn, self.store, gift, number=number, now=self.now)
            return self._changed(row, state=TAKEN if back else KEPT)
        if row.kind == "message":
            back = take_message(self.conn, self.store, row, now=self.now)
            return self._changed(row, state=TAKEN if back else KEPT)
        member = surviving_member(self.conn, self.store.id, row.member_id)
        if member is None:
            raise LookupError(f"perk {row.id} has a member that is not there")
        if row.kind == tag_rows.KIND:
            take_tag(self.conn, self.store, member)
            return self._changed(row, state=TAKEN)
        back = take_tier(self.conn, self.store, self.revision, member, row, now=self.now)
        return self._changed(row, state=TAKEN if back else KEPT)

    def _given(
        self, rule_id: str, effect: PlannedEffect, row: PerkRow | None, member: MemberRef
    ) -> PerkRow:
        if row is None:
            row = perk_rows.need(
                self.conn,
                self.store.id,
                _source(self.snapshot.id),
                rule_id,
                kind=effect.type,
                member_id=member.id,
                now=self.now,
            )
        gift = self._gift(row)
        if gift is not None and gift.is_live and gift.voucher_id is not None:
            # On a cart that is paid it may be used yet, by whoever had it.
            detail = {"code": "code_open", **_lasting(row)}
            return self._changed(row, state=WAITING, detail=detail)
        if why := self._waits(effect, member):
            detail = {"code": why, **_lasting(row)}
            return self._changed(row, state=WAITING, member_id=member.id, detail=detail)
        turns = row.turns + 1
        try:
            detail = self._give(effect, member, row, f"perk:{row.id}:{turns}")
        except _REFUSALS as refused:
            return self._refused(row, effect, member, refused)
        problem = _problem(rule_id)
        resolve_problem(self.conn, self.store.id, problem, self.now)
        return self._changed(
            row, state=GIVEN, member_id=member.id, turns=turns, detail={**_over(row), **detail}
        )

    def _waits(self, effect: PlannedEffect, member: MemberRef) -> str:
        """What it waits for, as a stable word; "" = it can be given now."""
        if not self.store.earning_on:
            return "earning_off"
        if isinstance(effect, GiveTag):
            return ""
        if member.user_id is None:
            return "guest"
        if not isinstance(effect, IssueReward):
            return ""
        return "" if self.store.spending_on else "spending_off"

    def _give(
        self, effect: PlannedEffect, member: MemberRef, row: PerkRow, key: str
    ) -> dict[str, object]:
        """The detail of what was given; a refusal comes before anything is written."""
        if isinstance(effect, GiveTag):
            return give_tag(self.conn, self.store, member, effect.tag)
        if isinstance(effect, PlannedMessage):
            return send_message(
                self.conn,
                self.store,
                member,
                row,
                revision_id=self.decided_by,
                number=self.snapshot.number,
                paid_at=self.paid_at,
            )
        if not isinstance(effect, IssueReward):
            if self.revision is None:
                raise TiersOff
            return give_tier(
                self.conn,
                self.store,
                self.revision,
                member,
                effect.tier,
                effect.days,
                now=self.now,
            )
        if self.revision is None:
            raise NoProgram
        if not wind_downs.as_of(self.conn, self.store, self.now).spending_on:
            raise SpendingOff
        channel = self.snapshot.channel
        made = give_reward(
            self.conn,
            self.store,
            self.revision,
            member,
            effect.reward,
            channel=channel.slug,
            currency=channel.currency_code,
            key=key,
            perk=f"{row.rule_id}:{self.snapshot.id}",
            now=self.now,
        )
        return {_NAMED: made.public_id}

    def _refused(
        self, row: PerkRow, effect: PlannedEffect, member: MemberRef, refused: AppError
    ) -> PerkRow:
        program = None if self.revision is None else self.revision.program
        why = Words(f"error.{refused.code}", _plain(refused.detail))
        number = self.snapshot.number
        _tell(self.conn, self.store, program, row.rule_id, effect, number, why, self.now)
        detail = {"code": refused.code, "detail": _plain(refused.detail), **_over(row)}
        return self._changed(row, state=REFUSED, member_id=member.id, detail=detail)

    def _changed(self, row: PerkRow, **values: Any) -> PerkRow:
        return perk_rows.change(self.conn, row.id, now=self.now, **values)


def _named(rows: Iterable[PerkRow]) -> list[str]:
    return [str(row.detail[_NAMED]) for row in rows if _NAMED in row.detail]


def _lasting(row: PerkRow) -> dict[str, Any]:
    """What stays known of a perk that is not there now."""
    return {name: row.detail[name] for name in ("over", _NAMED, "message") if name in row.detail}


def _over(row: PerkRow) -> dict[str, Any]:
    """What a tier took the place of stays known, whatever becomes of the tier."""
    return {"over": row.detail["over"]} if "over" in row.detail else {}


def _tell(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    rule_id: str,
    effect: PlannedEffect,
    number: str,
    why: Words,
    now: datetime,
) -> None:
    """Tells the owner, once a rule: of the last order that it could give nothing for."""
    language = store.language
    what = perk_name(effect, language, program)
    rule = rule_id if program is None else program.rule_name(rule_id, language)
    words = Words(
        "problem.perk_not_given", {"rule": rule, "perk": what, "order": number, "why": why}
    )
    report_words(conn, store, _problem(rule_id), words, now)


def _problem(rule_id: str) -> str:
    return f"perk-not-given:{rule_id}"


def _plain(detail: Mapping[str, Any]) -> dict[str, str | int]:
    return {name: _said(one) for name, one in detail.items()}


def _said(value: Any) -> str | int:
    if isinstance(value, str | int):
        return value
    return ", ".join(map(str, value)) if isinstance(value, Sequence) else str(value)


def _source(order_id: str) -> str:
    return f"{_ORDER}{order_id}"
