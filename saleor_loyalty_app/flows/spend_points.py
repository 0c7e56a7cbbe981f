"""A shopper, or staff for a customer, spends points on a cart, or has a code made for later."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.drive_redemption import Driver
from saleor_loyalty_app.flows.join_member import take_in
from saleor_loyalty_app.flows.redemption_posting import belongs_to, money_of
from saleor_loyalty_app.flows.spending_scene import Scene, look
from saleor_loyalty_app.flows.spending_terms import asked, deadline_of, note_claim
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger.errors import IdempotencyConflict, InsufficientPoints
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.eligibility import why_not_spending
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.messages import outbox
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.rewards import claims, codes, redemptions
from saleor_loyalty_app.rewards.errors import (
    ClaimInPreparation,
    NoProgram,
    NotEnoughPoints,
    PaymentUnderWay,
    RedemptionConsumed,
    RedemptionLive,
    RedemptionUnknown,
    RewardGiven,
    SpendingBlocked,
    SpendingOff,
    SpendingRefused,
)
from saleor_loyalty_app.rewards.instruments.port import Place
from saleor_loyalty_app.rewards.redemptions import LEASE, RedemptionRef
from saleor_loyalty_app.rewards.spend_request import (
    Bearer,
    OnCheckout,
    OnDraft,
    SpendRequest,
    Target,
)
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
#: Where another is at the redemption, its end is looked for so often.
PAUSE = 0.05


class Spender:
    """Spends points, and takes that back; safe to use from any thread.

    Args:
        keys: find what is remembered of a member's address under older secrets, too.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        driver: Driver,
        clock: Clock,
        *,
        keys: EmailKeys | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._driver = driver
        self._keys = keys
        self._bench = driver.bench
        self._clock = clock
        self._sleep = sleep

    def spend(
        self, store: StoreRef, request: SpendRequest, *, patience: timedelta
    ) -> RedemptionRef:
        """Sets points aside and turns them into a discount on the target. Calls the network.

        Gives the redemption as it is at the end of `patience`, or before: attached (a bearer code:
        issued), failed with its reason, or on its way; the sweep goes on with it then. The same
        request again gives the same redemption.

        Raises:
            SpendingRefused: one of its kinds; nothing was set aside.
            IdempotencyConflict: the key was used for another request.
            SaleorUnavailable and the like: Saleor could not be asked; nothing was set aside.
        """
        until = self._clock() + patience
        known = self._known(store, request)
        if known is None:
            try:
                known = self._begin(store, request)
            except (SpendingRefused, InsufficientPoints) as refused:
                # The same request may have been faster, and have taken the points.
                known = self._known(store, request)
                if known is None:
                    raise _told(refused) from refused
            else:
                if not known.is_live:
                    return known
                return self._driver.work(store, known, until=until)
        if known.state == "attached" or not known.is_live:
            return known
        return self._follow(store, known, until, patience)

    def release(
        self,
        store: StoreRef,
        public_id: str,
        *,
        user_id: str | None,
        actor: str,
        patience: timedelta = timedelta(seconds=8),
    ) -> RedemptionRef:
        """Takes the discount off and gives the points back; done before is no error.

        Args:
            user_id: whose it must be; None = anybody's (staff).
            actor: who asks: "shopper" or "user:<id>" (staff).

        Raises:
            RedemptionUnknown: there is none.
            RedemptionConsumed: an order was made with it.
            PaymentUnderWay: money is on the checkout.
            ClaimInPreparation, RewardGiven: a shopper wants to give up what staff are preparing, or
                what was given for nothing.
        """
        until = self._clock() + patience
        known = self.find(store, public_id, user_id)
        if not known.is_live:
            return _unused(known)
        if not known.ending:
            self._check_no_money(store, known)
            now = self._clock()
            self._bench.database.write(
                lambda conn: _end(conn, store, known, actor, now, by_shopper=user_id is not None)
            )
        return _unused(self._follow(store, known, until, patience))

    def find(self, store: StoreRef, public_id: str, user_id: str | None) -> RedemptionRef:
        """A redemption; of this user, or of who is one person with them, where one is given.

        Raises:
            RedemptionUnknown: there is none.
        """

        def read(conn: Connection) -> RedemptionRef | None:
            found = redemptions.by_public_id(conn, store.id, public_id)
            if found is None or user_id is None or belongs_to(conn, store, found, user_id):
                return found
            return None

        known = self._bench.database.read(read)
        if known is None:
            raise RedemptionUnknown
        return known

    def _known(self, store: StoreRef, request: SpendRequest) -> RedemptionRef | None:
        """The redemption that this request made before."""

        def read(conn: Connection) -> RedemptionRef | None:
            member = members.member_by_user(conn, store.id, request.user_id)
            if member is None:
                return None
            return redemptions.by_request(conn, store.id, member.id, request.key)

        found = self._bench.database.read(read)
        if found is not None and found.request_hash != request.digest:
            raise IdempotencyConflict(key=request.key)
        return found

    def _begin(self, store: StoreRef, request: SpendRequest) -> RedemptionRef:
        """Sets the points aside, under a lease of this process; all or nothing."""
        if not store.spending_on:
            raise SpendingOff
        scene = look(self._bench, store, request)
        now = self._clock()
        made = self._bench.database.write(
            lambda conn: self._set_aside(conn, store, request, scene, now)
        )
        if made.is_live and made.fence != 1:
            raise AssertionError("a new redemption has its first lease")
        return made

    def _set_aside(
        self, conn: Connection, store: StoreRef, request: SpendRequest, scene: Scene, now: datetime
    ) -> RedemptionRef:
        if not wind_downs.as_of(conn, store, now).spending_on:
            raise SpendingOff
        revision = revision_at(conn, store.id, now)
        if revision is None:
            raise NoProgram
        if request.newcomer is not None:
            take_in(conn, store, request.newcomer, keys=self._keys, now=now)
        member = members.member_by_user(conn, store.id, request.user_id, lock=True)
        if member is None:
            raise NotEnoughPoints(available=0, needed=request.points)
        if why := why_not_spending(member, now=now):
            raise SpendingBlocked(reason=why)
        if member.codes_blocked and isinstance(request.target, Bearer):
            raise SpendingBlocked(reason="codes")
        _check_free(conn, store, request.target)
        account = Account(store.id, member.id, UNIT)
        available = ledger.balance(conn, account, now=now).available
        wanted = asked(
            conn,
            store,
            request,
            scene,
            revision.program,
            member,
            self._bench.instruments,
            available=available,
            now=now,
            keys=self._keys,
        )
        public_id = codes.new_public_id()
        deadline = deadline_of(conn, store, wanted, now=now)
        hold = ledger.place_hold(
            conn,
            account,
            wanted.points,
            key=f"redemption:{public_id}",
            source=f"redemption:{public_id}",
            deadline=deadline,
            now=now,
        )
        _check_free(conn, store, request.target)
        made = redemptions.insert(
            conn,
            {
                "public_id": public_id,
                "code": codes.new_code(),
                "hold_id": hold.hold_id,
                "deadline": deadline,
                "instrument": wanted.instrument,
                "points": wanted.points,
                "amount": wanted.amount,
                "terms": None if wanted.terms is None else dict(wanted.terms),
                **_fixed(store, request, scene, member, revision, now),
            },
        )
        if made is None:
            # Another request of the same key, or for the same cart, was faster.
            raise RedemptionLive
        if wanted.item is not None:
            made = note_claim(conn, store, made, wanted.item, member, now=now, keys=self._keys)
        outbox.tell(
            conn,
            store.id,
            member.id,
            outbox.Kind.points_held,
            {
                "redemption": public_id,
                "points": wanted.points,
                **money_of(made),
                "until": deadline.isoformat(),
            },
            key=f"{public_id}:held",
            now=now,
        )
        return made

    def _check_no_money(self, store: StoreRef, known: RedemptionRef) -> None:
        if known.voucher_id is None or known.checkout_id is None:
            return
        cart = self._bench.carts.read(store, Place(known.checkout_id))
        if cart is not None and cart.code == known.code and cart.money:
            raise PaymentUnderWay

    def _follow(
        self, store: StoreRef, known: RedemptionRef, until: datetime, patience: timedelta
    ) -> RedemptionRef:
        """Drives a redemption, or waits a while for whoever is at it."""
        for _ in range(max(1, int(patience.total_seconds() / PAUSE))):
            driven = self._driver.drive(store, known.id, until=until)
            if driven.leased_until is None or not driven.is_live or self._clock() >= until:
                return driven
            self._sleep(PAUSE)
        return self._bench.reread(store, known.id)


def _told(refused: SpendingRefused | InsufficientPoints) -> SpendingRefused:
    if isinstance(refused, SpendingRefused):
        return refused
    return NotEnoughPoints(available=refused.detail["available"], needed=refused.detail["needed"])


def _unused(redemption: RedemptionRef) -> RedemptionRef:
    if redemption.state in ("consumed", "restored"):
        raise RedemptionConsumed
    return redemption


def _end(
    conn: Connection,
    store: StoreRef,
    known: RedemptionRef,
    actor: str,
    now: datetime,
    *,
    by_shopper: bool,
) -> None:
    """Says that it is to end; what staff are preparing is theirs to end."""
    redemptions.lock(conn, store.id, [known.id])
    claim = claims.of_redemption(conn, known.id)
    if by_shopper and known.is_gift:
        raise RewardGiven
    if by_shopper and claim is not None and claim.state == claims.PREPARING:
        raise ClaimInPreparation
    reason = {"code": "released", "by": actor}
    redemptions.end_as(conn, store.id, known.id, "released", reason, now)


def _check_free(conn: Connection, store: StoreRef, target: Target) -> None:
    """One live redemption a cart; a draft's is looked for again under the lock of the account."""
    if isinstance(target, Bearer):
        return
    if isinstance(target, OnCheckout):
        found = redemptions.on_checkout(conn, store.id, target.checkout_id)
    else:
        found = redemptions.on_order(conn, store.id, target.order_id)
    live = next((one for one in found if one.is_live), None)
    if live is not None:
        raise RedemptionLive(id=live.public_id)


def _fixed(
    store: StoreRef,
    request: SpendRequest,
    scene: Scene,
    member: MemberRef,
    revision: Revision,
    now: datetime,
) -> dict[str, object]:
    target = request.target
    return {
        "store_id": store.id,
        "member_id": member.id,
        "user_id": request.user_id,
        "unit": UNIT,
        "channel": scene.channel,
        "currency": scene.currency,
        "revision_id": revision.id,
        "checkout_id": target.checkout_id if isinstance(target, OnCheckout) else None,
        "order_id": target.order_id if isinstance(target, OnDraft) else None,
        "request_key": request.key,
        "request_hash": request.digest,
        "actor": request.actor,
        "state": "held",
        "ending": "",
        "restored": 0,
        "restorings": 0,
        "attempts": 0,
        "fence": 1,
        "leased_until": now + LEASE,
        "due_at": now,
        "created_at": now,
    }
