"""What an order or a deed brings beside points is given once, and taken back with it.

The same look again changes nothing. What cannot be given is told as a problem: it blocks no points.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.perk_messages import send_message, take_message, went_out
from saleor_loyalty_app.flows.perk_problems import NAMED, plain, problem_of, tell_not_given
from saleor_loyalty_app.flows.perk_rewards import CODES, Place, give_reward, take_reward
from saleor_loyalty_app.flows.perk_tags import give_tag, take_tag
from saleor_loyalty_app.flows.perk_tiers import give_tier, take_tier
from saleor_loyalty_app.flows.spending_terms import today_of
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.members.eligibility import RESTS, why_not_spending
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.programs import perk_rows, tag_rows
from saleor_loyalty_app.programs.perk_rows import GIVEN, KEPT, REFUSED, TAKEN, WAITING, PerkRow
from saleor_loyalty_app.programs.perks import (
    GiveTag,
    IssueReward,
    PlannedEffect,
    PlannedMessage,
)
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.programs.rewards import NO_REWARDS
from saleor_loyalty_app.rewards.errors import (
    NoProgram,
    RewardGone,
    RewardUnknown,
    SpendingBlocked,
    SpendingOff,
    SpendingRefused,
)
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.problems import resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.errors import TierMemberUnfit, TiersOff, TierUnknown

#: Why a member may not have a reward now, and may one day.
_PASSING = frozenset({RESTS, "blocked", "not_enrolled"})
#: Why something cannot be given, for good but for what passes.
_REFUSALS = (SpendingRefused, TierMemberUnfit, TiersOff, TierUnknown)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What rules give something for.

    Attributes:
        source: of the rows.
        perk: what vouchers name it by, for a store that is restored.
        place: the channel and its currency in which a reward is given; None = where the member
            ordered last, or else the first that the reward is offered in.
        back: why a code ends that is taken back.
        decided_by: the revision that decided it.
        at: when it was paid, or happened.
        number: of the order; "" = it is none.
    """

    source: str
    perk: str
    place: Place | None
    back: Mapping[str, str]
    decided_by: int | None
    at: datetime
    number: str = ""


@dataclass(frozen=True, slots=True)
class PerkWork:
    """One look at what an occasion brings beside points.

    The caller holds the rewards that it brought before (`gifts`), and the members' accounts.

    Attributes:
        revision: in force now; None = there is none.
        keys: find what is remembered of the member's address under older secrets, too.
    """

    conn: Connection
    store: StoreRef
    occasion: Occasion
    revision: Revision | None
    gifts: Mapping[str, RedemptionRef]
    now: datetime
    keys: EmailKeys | None = None

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
        return self.gifts.get(str(row.detail.get(NAMED, "")))

    def _is_of(self, row: PerkRow, wanted: MemberRef | None) -> bool:
        found = surviving_id(self.conn, self.store, row.member_id)
        return wanted is not None and wanted.id == found

    def _taken(self, row: PerkRow) -> PerkRow:
        if row.kind == "issue_reward":
            gift = self.gifts[str(row.detail[NAMED])]
            why = self.occasion.back
            back = take_reward(self.conn, self.store, gift, why=why, now=self.now)
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
                self.occasion.source,
                rule_id,
                kind=effect.type,
                member_id=member.id,
                now=self.now,
            )
            if row.turns:
                # A restore wrote down in this very moment what had been given for it.
                return row
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
            waits = self._passes(effect, refused)
            return self._refused(row, effect, member, refused, waits=waits)
        problem = problem_of(rule_id)
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
        if not self.store.spending_on:
            return "spending_off"
        # A deed comes once: what it brought outlasts whatever passes.
        why = "" if self.occasion.number else why_not_spending(member, now=self.now)
        return why if why in _PASSING else ""

    def _passes(self, effect: PlannedEffect, refused: AppError) -> bool:
        """Whether a deed's reward is there again one day: somebody gives one back, or the owner
        puts more there, or switches it on; or staff let the member have codes again.
        """
        if self.occasion.number or not isinstance(effect, IssueReward) or self.revision is None:
            return False
        item = (self.revision.program.rewards or NO_REWARDS).item(effect.reward)
        if isinstance(refused, RewardUnknown):
            return item is not None and not item.is_over(today_of(self.store, self.now))
        return isinstance(refused, RewardGone | SpendingBlocked) and (
            refused.detail.get("reason", CODES) == CODES
        )

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
                revision_id=self.occasion.decided_by,
                number=self.occasion.number,
                paid_at=self.occasion.at,
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
        made = give_reward(
            self.conn,
            self.store,
            self.revision,
            member,
            effect.reward,
            place=self.occasion.place,
            key=key,
            perk=f"{row.rule_id}:{self.occasion.perk}",
            now=self.now,
            keys=self.keys,
        )
        return {NAMED: made.public_id}

    def _refused(
        self,
        row: PerkRow,
        effect: PlannedEffect,
        member: MemberRef,
        refused: AppError,
        *,
        waits: bool,
    ) -> PerkRow:
        program = None if self.revision is None else self.revision.program
        why = Words(f"error.{refused.code}", plain(refused.detail))
        detail = {"code": refused.code, "detail": plain(refused.detail)}
        # Staff know whom they blocked; of what waits on the owner was told when it began to.
        if not waits or not (isinstance(refused, SpendingBlocked) or _is_known(row, detail)):
            number = self.occasion.number
            tell_not_given(
                self.conn,
                self.store,
                program,
                row.rule_id,
                effect,
                number,
                why,
                self.now,
                waits=waits,
            )
        kept = _lasting(row) if waits else _over(row)
        state = WAITING if waits else REFUSED
        return self._changed(row, state=state, member_id=member.id, detail={**kept, **detail})

    def _changed(self, row: PerkRow, **values: Any) -> PerkRow:
        return perk_rows.change(self.conn, row.id, now=self.now, **values)


def names_of(rows: Iterable[PerkRow]) -> list[str]:
    """The public ids of the rewards that rows name."""
    return [str(row.detail[NAMED]) for row in rows if NAMED in row.detail]


def surviving_id(conn: Connection, store: StoreRef, member_id: int) -> int:
    """Who a member is today: they, or whom they were merged into."""
    found = surviving_member(conn, store.id, member_id)
    return member_id if found is None else found.id


def _lasting(row: PerkRow) -> dict[str, Any]:
    """What stays known of a perk that is not there now."""
    return {name: row.detail[name] for name in ("over", NAMED, "message") if name in row.detail}


def _is_known(row: PerkRow, detail: Mapping[str, object]) -> bool:
    """Whether it waits for just this already."""
    return row.state == WAITING and all(row.detail.get(name) == one for name, one in detail.items())


def _over(row: PerkRow) -> dict[str, Any]:
    """What a tier took the place of stays known, whatever becomes of the tier."""
    return {"over": row.detail["over"]} if "over" in row.detail else {}
