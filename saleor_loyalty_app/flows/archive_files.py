"""What is in the file with everything of a store: its tables, their columns and what these mean."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import msgspec

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.archive_engine import ENGINE
from saleor_loyalty_app.flows.archive_table import ID, MEMBER, CsvTable
from saleor_loyalty_app.ledger.models import Balance, Debt, Entry, Hold, Lot
from saleor_loyalty_app.members.models import (
    ChannelConsent,
    Member,
    MemberConsent,
    MemberIdentity,
    MemberNote,
    MemberPreference,
)
from saleor_loyalty_app.messages.models import MessageDelivery
from saleor_loyalty_app.orders.models import OrderState, OrderUnit
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.stores.models import StaffAction

_member, _identity = table(Member), table(MemberIdentity)
_revision, _order = table(ProgramRevision), table(OrderState)


_UNIT = "Kind of points; `points` are those that can be spent."

MEMBERS = CsvTable(
    "members",
    _member,
    {
        "id": "Number of the member.",
        "user_id": "The user's id in Saleor; empty for a guest or somebody erased.",
        "state": "guest, invited, active, paused, blocked, left or erased.",
        "email": "Empty where the person was erased or is a guest.",
        "first_name": "As Saleor has it.",
        "last_name": "As Saleor has it.",
        "phone": "For text messages, as the member gave it.",
        "language": "As Saleor has it.",
        "spending_blocked": "Whether staff blocked spending.",
        "earning_blocked": "Whether staff blocked earning.",
        "codes_blocked": "Whether staff blocked codes.",
        "hold_out": "Whether the member is in the control group.",
        "enrolled_at": "When they joined, for the last time.",
        "left_at": "When they left.",
        "merged_into": "The member to whom this one was joined.",
        "created_at": "When they were seen first.",
    },
    values={
        name: _identity.c[name]
        for name in ("email", "first_name", "last_name", "phone", "language")
    },
    joined=_member.outerjoin(_identity, _identity.c.member_id == _member.c.id),
)

TABLES: tuple[CsvTable, ...] = (
    MEMBERS,
    *ENGINE,
    CsvTable(
        "balances",
        table(Balance),
        {
            "member_id": MEMBER,
            "unit": _UNIT,
            "entries": "Sum of the member's entries = lots + held - debt.",
            "lots": "What is left in lots, pending points included.",
            "held": "Set aside for redemptions that are under way.",
            "debt": "Owed, as more was taken back than there was.",
            "lifetime": "Ever earned, less what was taken back.",
        },
    ),
    CsvTable(
        "lots",
        table(Lot),
        {
            "id": ID,
            "member_id": MEMBER,
            "unit": _UNIT,
            "entry_id": "The entry that brought the points, in entries.csv.",
            "part": "Part of the program.",
            "source": "What brought them, such as an order.",
            "channel": "Channel in Saleor.",
            "currency": "Currency of the channel.",
            "amount": "Points that the lot began with.",
            "remaining": "Points that are left.",
            "held": "Points of it that are set aside.",
            "expired": "Points of it that expired.",
            "available_from": "From when they can be spent; empty = not known yet.",
            "expires_at": "When they expire; empty = never.",
            "earned_at": "When they were earned.",
        },
    ),
    CsvTable(
        "entries",
        table(Entry),
        {
            "id": ID,
            "member_id": MEMBER,
            "unit": _UNIT,
            "kind": "What happened: earn, redeem, reverse, restore, expire, adjust …",
            "amount": "Points, with their sign.",
            "waived": "Points that should have been taken back and were let go.",
            "refers_to": "The entry that this one undoes or follows.",
            "part": "Part of the program.",
            "source": "What caused it: an order, a redemption, staff.",
            "channel": "Channel in Saleor.",
            "currency": "Currency of the channel.",
            "revision_id": "The revision that decided: `id` in the files under programs/.",
            "reason": "Why, as JSON with a stable code.",
            "actor": "Who did it: app, user:<id> (staff), shopper, system:<task>.",
            "effective_at": "When it counts.",
            "posted_at": "When it was written.",
            "idempotency_key": "Unique; the same happening is never booked twice.",
        },
    ),
    CsvTable(
        "holds",
        table(Hold),
        {
            "id": ID,
            "member_id": MEMBER,
            "unit": _UNIT,
            "amount": "Points that were set aside.",
            "source": "For what.",
            "state": "open, captured or released.",
            "deadline": "Until when.",
            "created_at": "Since when.",
            "ended_at": "When it ended.",
        },
    ),
    CsvTable(
        "debts",
        table(Debt),
        {
            "id": ID,
            "member_id": MEMBER,
            "unit": _UNIT,
            "entry_id": "The entry that took more than there was.",
            "amount": "Points owed at first.",
            "remaining": "Points owed still.",
            "created_at": "Since when.",
        },
    ),
    CsvTable(
        "redemptions",
        table(Redemption),
        {
            "id": "What Saleor's metadata call it.",
            "member_id": MEMBER,
            "state": "held, issued, attached, consumed, restored, released, expired or failed.",
            "points": "Points that were asked for.",
            "amount": "What they take off, in the currency's major unit.",
            "currency": "Currency of the channel.",
            "channel": "Channel in Saleor.",
            "checkout_id": "The checkout in Saleor; empty = a code that was handed out.",
            "order_id": "The order in Saleor.",
            "redeem_entry_id": "The entry that spent the points.",
            "restored": "Points that came back afterwards.",
            "created_at": "When it began.",
            "consumed_at": "When an order used it.",
            "ended_at": "When it ended without one.",
        },
        values={"id": table(Redemption).c.public_id},
    ),
    CsvTable(
        "agreements",
        table(MemberConsent),
        {
            "member_id": MEMBER,
            "kind": "terms or privacy.",
            "version": "Version of the text.",
            "source": "Where it was agreed to.",
            "at": "When.",
        },
    ),
    CsvTable(
        "consents",
        table(ChannelConsent),
        {
            "member_id": MEMBER,
            "channel": "email or sms.",
            "granted": "Whether offers were agreed to, or that was withdrawn.",
            "source": "Where it was said.",
            "text_version": "Version of the text.",
            "at": "When.",
            "reported_at": "When the register of consents was told.",
        },
    ),
    CsvTable(
        "preferences",
        table(MemberPreference),
        {
            "member_id": MEMBER,
            "language": "In which they are written to; empty = as Saleor has it.",
            "muted": "Kinds of messages that they do not want, as JSON.",
            "updated_at": "When they said so.",
        },
        key="member_id",
    ),
    CsvTable(
        "notes",
        table(MemberNote),
        {
            "id": ID,
            "member_id": MEMBER,
            "kind": "note, or block: why the member was blocked or freed.",
            "text": "Of staff.",
            "due_on": "Until when something is to be done; empty = nothing is.",
            "author": "user:<id> of Saleor.",
            "created_at": "When.",
            "done_by": "Who did it.",
            "done_at": "When.",
        },
    ),
    CsvTable(
        "messages",
        table(MessageDelivery),
        {
            "id": ID,
            "member_id": MEMBER,
            "kind": "What it told of.",
            "channel": "email or sms.",
            "state": "waiting, sent, skipped or failed.",
            "why": "Why it was not sent.",
            "created_at": "When it was written.",
            "ended_at": "When it was sent or given up.",
        },
    ),
    CsvTable(
        "orders",
        _order,
        {
            "order_id": "The order's id in Saleor.",
            "number": "The order's number in Saleor.",
            "status": "As Saleor had it last.",
            "channel": "Channel in Saleor.",
            "currency": "Currency of the order.",
            "total": "What it costs in all, in the currency's major unit; empty = not known.",
            "member_id": "Whose it is; empty = nobody's.",
            "withheld": "Why it earns nothing; empty = it may earn.",
            "revision_id": "The revision that decided.",
            "created_at": "When it was placed.",
            "paid_at": "When it was paid in full.",
            "fulfilled_at": "When it was fulfilled.",
            "award_plan": "What it earns, line by line, as JSON; frozen when it was paid.",
        },
        by_member=False,
        values={"total": _order.c.total_milli, "award_plan": _order.c.plan},
    ),
    CsvTable(
        "order_points",
        table(OrderUnit),
        {
            "order_id": "The order's id in Saleor.",
            "unit": _UNIT,
            "part": "Part of the program.",
            "booked": "Points that it has brought by now.",
            "waived": "Points that should have been taken back and were let go.",
        },
        by_member=False,
        values={"order_id": _order.c.order_id},
        joined=table(OrderUnit).join(_order, _order.c.id == table(OrderUnit).c.order_state_id),
    ),
    CsvTable(
        "staff_actions",
        table(StaffAction),
        {
            "at": "When.",
            "actor": "user:<id> of Saleor, or system:<task>.",
            "kind": "What was done.",
            "subject": "Upon what.",
            "before": "As it was, as JSON.",
            "after": "As it is since, as JSON.",
        },
        by_member=False,
    ),
)


def cell(name: str, value: object) -> object:
    """A value as it stands in a CSV file: times as ISO 8601 in UTC, documents as JSON."""
    if name in ("total", "money") and isinstance(value, int):
        return str(Decimal(value).scaleb(-3))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return value


def readme(api_url: str, read_from: datetime, read_until: datetime) -> str:
    """The file that says what is in the others."""
    lines = [
        f"Everything that Saleor Loyalty has of {api_url}",
        "",
        f"Read between {read_from.isoformat()} and {read_until.isoformat()}. The rows of one",
        "member are of one moment, which is in the column as_of of members.csv; so for each",
        "member and unit: sum of entries = lots + held - debt. What was read after them:",
        ", ".join(one.file for one in TABLES if not one.by_member) + ".",
        "",
        "CSV files are UTF-8 with commas, times ISO 8601 in UTC, numbers with a point. A cell that",
        "begins with = + - @ was given an apostrophe before it, against formulas; negative numbers",
        "are as they are. Secrets, codes and the texts of messages are left out.",
        "",
        "programs/      each published revision, and the draft, as JSON",
        "manifest.json  rows of each file, and points by unit",
        "",
    ]
    for one in TABLES:
        lines.append(one.file)
        lines += [f"  {name:<18} {text}" for name, text in columns_of(one).items()]
        lines.append("")
    return "\n".join(lines)


def columns_of(one: CsvTable) -> Mapping[str, str]:
    """The columns of a file as it is written."""
    if one is MEMBERS:
        return {**one.columns, "as_of": "When the rows of this member were read, in all files."}
    return one.columns
