"""A simple model of the books: lists of lots in memory, written without looking at the ledger.

It knows nothing of rows, keys, locks or cached totals; it recomputes everything from its lots.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from saleor_loyalty_app.ledger.expiry import extended

NEVER = datetime.max.replace(tzinfo=UTC)
MONTH = timedelta(days=30)


@dataclass(eq=False)
class ModelLot:
    source: str
    part: str
    channel: str
    left: int
    available: datetime | None
    expires: datetime | None
    earned: datetime
    needs_notice: bool
    noticed: datetime | None = None
    held: int = 0
    expired: int = 0
    forgiven: int = 0

    def order(self) -> tuple[datetime, datetime]:
        return (self.expires or NEVER, self.earned)

    def pending(self, now: datetime) -> bool:
        return self.available is None or self.available > now

    def pass_time(self, now: datetime) -> bool:
        """Moves the expiry on as the rules say; whether the lot is past it."""
        while self.expires is not None and self.expires <= now:
            in_time = self.noticed is not None and self.noticed <= self.expires - MONTH
            if in_time or not self.needs_notice:
                self.expired += self.left
                self.left = 0
                return True
            self.expires = extended(self.expires)
        return False

    def twin(self, amount: int, expires: datetime | None) -> "ModelLot":
        return ModelLot(
            self.source,
            self.part,
            self.channel,
            amount,
            self.available,
            expires,
            self.earned,
            self.needs_notice,
        )


@dataclass
class ModelDebt:
    channel: str
    since: datetime
    left: int


@dataclass
class ModelHold:
    account: int
    shares: list[tuple[ModelLot, int]]
    amount: int


@dataclass
class ModelSpending:
    account: int
    shares: list[list[object]]


@dataclass
class Model:
    accounts: int
    now: datetime
    lots: dict[int, list[ModelLot]] = field(default_factory=dict)
    debts: dict[int, list[ModelDebt]] = field(default_factory=dict)
    lifetime: dict[int, int] = field(default_factory=dict)
    holds: dict[int, ModelHold] = field(default_factory=dict)
    spendings: dict[int, ModelSpending] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for account in range(self.accounts):
            self.lots[account], self.debts[account], self.lifetime[account] = [], [], 0

    # What is there ------------------------------------------------------------------------------

    def pass_time(self) -> None:
        for lots in self.lots.values():
            for lot in lots:
                if lot.left:
                    lot.pass_time(self.now)

    def spendable(self, account: int) -> list[ModelLot]:
        lots = [lot for lot in self.lots[account] if lot.left and not lot.pending(self.now)]
        return sorted(lots, key=ModelLot.order)

    def available(self, account: int) -> int:
        return sum(lot.left for lot in self.spendable(account))

    def left(self, account: int) -> int:
        return sum(lot.left for lot in self.lots[account])

    def held(self, account: int) -> int:
        return sum(lot.held for lot in self.lots[account])

    def debt(self, account: int) -> int:
        return sum(debt.left for debt in self.debts[account])

    def expiring(self, account: int) -> dict[datetime, int]:
        dates: dict[datetime, int] = {}
        for lot in self.lots[account]:
            if lot.left and lot.expires is not None:
                dates[lot.expires] = dates.get(lot.expires, 0) + lot.left
        return dates

    def by_channel(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for account in range(self.accounts):
            for lot in self.lots[account]:
                sums[lot.channel] = sums.get(lot.channel, 0) + lot.left + lot.held
            for debt in self.debts[account]:
                sums[debt.channel] = sums.get(debt.channel, 0) - debt.left
        return {channel: total for channel, total in sums.items() if total}

    # What happens -------------------------------------------------------------------------------

    def bring_in(self, account: int, lot: ModelLot) -> None:
        self.lots[account].append(lot)
        self.lifetime[account] += lot.left
        lot.pass_time(self.now)
        self.pay(account)

    def pay(self, account: int) -> None:
        for debt in sorted(self.debts[account], key=lambda debt: debt.since):
            for lot in sorted(self.lots[account], key=ModelLot.order):
                paid = min(lot.left, debt.left)
                lot.left -= paid
                debt.left -= paid

    def take(self, lots: list[ModelLot], amount: int) -> list[tuple[ModelLot, int]]:
        shares = []
        for lot in lots:
            share = min(lot.left, amount)
            if share:
                lot.left -= share
                amount -= share
                shares.append((lot, share))
        return shares

    def reverse(
        self, account: int, source: str, part: str, channel: str, amount: int, policy: str
    ) -> tuple[int, int]:
        own = sorted(
            (lot for lot in self.lots[account] if lot.source == source),
            key=lambda lot: (lot.part != part, not lot.pending(self.now), lot.order()),
        )
        if policy == "only_pending":
            own = [lot for lot in own if lot.pending(self.now)]
        missing = amount - sum(share for _, share in self.take(own, amount))
        taken = amount - missing
        if policy != "only_pending":
            for lot in self.lots[account]:
                if (lot.source, lot.part) == (source, part):
                    let_go = min(missing, lot.expired - lot.forgiven)
                    lot.forgiven += let_go
                    missing -= let_go
            others = sorted(
                (lot for lot in self.lots[account] if lot.source != source),
                key=lambda lot: (lot.pending(self.now), lot.order()),
            )
            more = sum(share for _, share in self.take(others, missing))
            taken += more
            missing -= more
            owed = missing
            if policy == "within_balance":
                owed = min(missing, max(0, self.held(account) - self.debt(account)))
            if owed:
                self.debts[account].append(ModelDebt(channel, self.now, owed))
                taken += owed
        self.lifetime[account] -= taken
        return taken, amount - taken

    def spend(self, account: int, amount: int, number: int) -> None:
        shares = self.take(self.spendable(account), amount)
        self.spendings[number] = ModelSpending(account, [list(share) for share in shares])

    def hold(self, account: int, amount: int, number: int) -> None:
        shares = self.take(self.spendable(account), amount)
        for lot, share in shares:
            lot.held += share
        self.holds[number] = ModelHold(account, shares, amount)

    def end_hold(self, number: int, captured: int, spending: int | None) -> None:
        hold = self.holds.pop(number)
        spent: list[list[object]] = []
        for lot, share in hold.shares:
            taken = min(captured, share)
            captured -= taken
            lot.held -= share
            if taken:
                spent.append([lot, taken])
            back = share - taken
            if back:
                if lot.pass_time(self.now) or lot.expired:
                    self.lots[hold.account].append(lot.twin(back, self.now + MONTH))
                else:
                    lot.left += back
        if spending is not None:
            self.spendings[spending] = ModelSpending(hold.account, spent)
        self.pay(hold.account)

    def restore(self, number: int, amount: int) -> None:
        spending = self.spendings[number]
        for share in reversed(spending.shares):
            lot, spent = share
            assert isinstance(lot, ModelLot)
            back = min(amount, int(str(spent)))
            share[1] = int(str(spent)) - back
            amount -= back
            if back:
                expires = lot.expires
                if expires is not None:
                    probe = lot.twin(1, expires)
                    probe.noticed = lot.noticed
                    probe.pass_time(self.now)
                    expires = max(probe.expires or expires, self.now + MONTH)
                self.lots[spending.account].append(lot.twin(back, expires))
        self.pay(spending.account)

    def transfer(self, source: str, giver: int, taker: int) -> int:
        moved = 0
        for lot in list(self.lots[giver]):
            if lot.source == source and lot.left:
                moved += lot.left
                self.lots[taker].append(lot.twin(lot.left, lot.expires))
                lot.left = 0
            elif lot.source == source and lot.expired and not lot.held:
                self.lots[giver].remove(lot)
                self.lots[taker].append(lot)
        self.lifetime[giver] -= moved
        self.lifetime[taker] += moved
        self.pay(taker)
        return moved

    def merge(self, loser: int, winner: int) -> int:
        total = self.left(loser) + self.held(loser) - self.debt(loser)
        self.lots[winner] += self.lots[loser]
        self.debts[winner] += self.debts[loser]
        self.lots[loser], self.debts[loser] = [], []
        self.lifetime[winner] += self.lifetime[loser]
        self.lifetime[loser] = 0
        for hold in self.holds.values():
            if hold.account == loser:
                hold.account = winner
        for spending in self.spendings.values():
            if spending.account == loser:
                spending.account = winner
        self.pay(winner)
        return total
