"""What the parts of the program wrote, as files of the archive: tiers, bonuses, rewards, campaigns.

Texts of codes are left out, as they are worth money to whoever has them.
"""

from saleor_loyalty_app.adjustments.models import Adjustment
from saleor_loyalty_app.bonuses.models import MemberAnswer, MemberBirthday
from saleor_loyalty_app.campaigns.models import (
    Campaign,
    CampaignCode,
    CampaignUse,
    CampaignVersion,
    CampaignVoucher,
)
from saleor_loyalty_app.custom_events.models import ReceivedEvent
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.archive_table import ID, MEMBER, CsvTable
from saleor_loyalty_app.goodwill.models import GoodwillPrompt
from saleor_loyalty_app.members.models import MemberTag
from saleor_loyalty_app.milestones.models import MilestonePassed
from saleor_loyalty_app.programs.models import CapUse, DeedAward, RulePerk
from saleor_loyalty_app.rewards.models import Redemption, RewardClaim
from saleor_loyalty_app.segments.models import SegmentMember
from saleor_loyalty_app.tiers.models import MemberTier, TierMove, TierReward

_RULE = "Id of the rule in the program."
_TIER = "Id of the tier in the program; empty = none."
_CAMPAIGN = "Number of the campaign in campaigns.csv."
_ORDER_ID = "The order's id in Saleor."
_ORDER = "The order's number in Saleor."
_CURRENCY = "Currency of the order."
_STAFF = "user:<id> of Saleor, or system:<task>."
_claim, _redemption = table(RewardClaim), table(Redemption)

ENGINE: tuple[CsvTable, ...] = (
    CsvTable(
        "adjustments",
        table(Adjustment),
        {
            "id": ID,
            "member_id": MEMBER,
            "points": "With their sign.",
            "reason": "A stable word.",
            "note": "Of who did it, for staff.",
            "order_number": "The order that it is about; empty = none.",
            "state": "waiting, posted, refused or withdrawn.",
            "requested_by": _STAFF,
            "requested_at": "When.",
            "decided_by": "Who approved or refused it.",
            "decided_at": "When.",
            "decision_note": "What they said to it.",
            "entry_id": "The entry in entries.csv.",
        },
    ),
    CsvTable(
        "tiers",
        table(MemberTier),
        {
            "member_id": MEMBER,
            "tier": _TIER,
            "since": "Since when.",
            "earned": "The tier that was earned, where staff gave another.",
            "period_from": "When the last period began that nothing of the time before changes.",
            "period_until": "When the period ends that it is held for; empty = never.",
            "grace_until": "Until when it stays beyond that.",
            "floor": "The tier that the period of period_from began with, and held until it ends.",
            "floor_until": "Until when; empty = without end.",
            "manual": "The tier that staff gave.",
            "manual_until": "Until when; empty = without end.",
        },
        key="member_id",
    ),
    CsvTable(
        "tier_moves",
        table(TierMove),
        {
            "id": ID,
            "member_id": MEMBER,
            "from_tier": _TIER,
            "to_tier": _TIER,
            "why": "earned, reduced, period_over, manual, manual_over, rule, rule_over, left "
            "or changed.",
            "measures": "What was counted then, as JSON.",
            "actor": "app or user:<id>.",
            "at": "When.",
        },
    ),
    CsvTable(
        "tier_rewards",
        table(TierReward),
        {
            "member_id": MEMBER,
            "tier": _TIER,
            "points": "What reaching it brought.",
            "waiting": "Whether that is still to come.",
            "at": "When the tier was reached.",
        },
        key="member_id",
    ),
    CsvTable(
        "milestones",
        table(MilestonePassed),
        {
            "member_id": MEMBER,
            "rule_id": _RULE,
            "kind": "points, orders or spend.",
            "line": "The line as it was then.",
            "state": "waiting, given, nothing, before (the rule), taking or taken (back).",
            "points": "What came of it.",
            "at": "When it was passed.",
        },
        key="member_id",
    ),
    CsvTable(
        "deeds",
        table(DeedAward),
        {
            "id": ID,
            "member_id": MEMBER,
            "deed_key": "Names the deed: the source of its entries is deed:<this>.",
            "trigger": "What it was, such as birthday or custom_event.",
            "about": "Of which question, tier or type of events.",
            "at": "When it happened.",
            "awarded_at": "When it was decided.",
            "revision_id": "The revision that decided: `id` in the files under programs/.",
            "grants": "What each rule gave, as JSON.",
            "misses": "Why each other rule gave nothing, as JSON.",
            "reversed_at": "When it was taken back.",
        },
    ),
    CsvTable(
        "cap_uses",
        table(CapUse),
        {
            "id": ID,
            "member_id": MEMBER,
            "rule_id": _RULE,
            "source": "What drew upon the cap, such as an order.",
            "at": "When.",
            "points": "Points that count to the cap.",
            "times": "Times that count to the cap.",
        },
    ),
    CsvTable(
        "rule_perks",
        table(RulePerk),
        {
            "id": ID,
            "member_id": MEMBER,
            "source": "The order, as in the entries, or deed:<member>:<deed>.",
            "rule_id": _RULE,
            "kind": "issue_reward, set_tier, tag or message.",
            "state": "given, waiting, refused, kept, taken or ended (by staff).",
            "detail": "The redemption, tier, tag or message, or why it was not given, as JSON.",
            "turns": "How often it was given.",
            "changed_at": "When that was last so.",
        },
    ),
    CsvTable(
        "member_tags",
        table(MemberTag),
        {
            "member_id": MEMBER,
            "tag": "Put there by staff; what rules gave stands in rule_perks.csv.",
            "at": "When.",
            "author": _STAFF,
        },
        key="member_id",
    ),
    CsvTable(
        "birthdays",
        table(MemberBirthday),
        {
            "member_id": MEMBER,
            "month": "1 to 12.",
            "day": "1 to 31.",
            "told_at": "When it was told first.",
            "changed_at": "When it was changed last.",
        },
        key="member_id",
    ),
    CsvTable(
        "answers",
        table(MemberAnswer),
        {
            "id": ID,
            "member_id": MEMBER,
            "question_id": "Id of the question in the program.",
            "kind": "Of the question.",
            "value": "The answer, as JSON.",
            "answered_at": "When.",
        },
    ),
    CsvTable(
        "segments",
        table(SegmentMember),
        {
            "member_id": MEMBER,
            "segment": "Id of the segment in the program.",
            "since": "Since when the member is in it.",
            "why": "The numbers of then, as JSON.",
        },
        key="member_id",
    ),
    CsvTable(
        "rewards_taken",
        _claim,
        {
            "id": ID,
            "member_id": MEMBER,
            "redemption": "`id` in redemptions.csv.",
            "reward_id": "Id of the reward in the program.",
            "kind": "Of the reward.",
            "item": "The reward as it was then, as JSON.",
            "state": "Of what staff hand over; empty = a code.",
            "note": "Of staff.",
            "claimed_at": "When it was taken.",
            "returned_at": "When it was given back.",
            "moved_at": "When staff did something last.",
            "moved_by": "Who.",
        },
        values={"redemption": _redemption.c.public_id},
        joined=_claim.join(_redemption, _redemption.c.id == _claim.c.redemption_id),
    ),
    CsvTable(
        "goodwill",
        table(GoodwillPrompt),
        {
            "id": ID,
            "member_id": MEMBER,
            "order_id": _ORDER_ID,
            "order_number": _ORDER,
            "signal": "late_delivery, cancelled_line or complaint.",
            "facts": "What was seen, as JSON.",
            "suggested": "points, amount or shipping.",
            "points": "Points that were suggested.",
            "state": "open, waiting, given or declined.",
            "opened_at": "When.",
            "opened_by": "app, user:<id> or partner:<id>.",
            "note": "Of who complained, or took it down.",
            "decided_at": "When staff decided.",
            "decided_by": "Who.",
            "decision_note": "What they said to it.",
            "given": "Points that were given.",
            "adjustment_id": "In adjustments.csv.",
        },
    ),
    CsvTable(
        "events",
        table(ReceivedEvent),
        {
            "id": ID,
            "type": "Id of the type in the program.",
            "reference": "The other system's id of it; empty = forgotten.",
            "member_id": "Whom it was about, in members.csv; empty = nobody was found.",
            "key_id": "Number of the API key by which it came.",
            "identity": "By what the member was named: user_id or email_sha256.",
            "at": "When it happened.",
            "received_at": "When it came last.",
            "tries": "How often it came until it was decided.",
            "outcome": "given, nothing, withheld, unknown_member or refused.",
            "points": "What it brought.",
            "status_points": "What it brought for tiers.",
            "properties": "What was told of it, as JSON.",
            "why": "Why nothing, or not more, was given, as JSON.",
            "reversed_at": "When it was taken back.",
            "taken_back": "Points that this took.",
        },
        by_member=False,
    ),
    CsvTable(
        "campaigns",
        table(Campaign),
        {
            "id": ID,
            "state": "draft, scheduled, ended …",
            "version": "Of its terms, in campaign_versions.csv.",
            "kind": "What it gives.",
            "sharing": "Whether its code is shared, personal or for the next order.",
            "name": "For staff.",
            "terms": "What it gives to whom, as JSON.",
            "starts_at": "When it begins.",
            "ends_at": "When it ends.",
            "published_at": "When it was scheduled.",
            "ended_at": "When it really ended.",
            "ended_why": "time, budget, hand or program.",
            "spent_points": "Points that it added.",
            "created_at": "When it was written.",
            "updated_at": "When it was changed last.",
        },
        by_member=False,
    ),
    CsvTable(
        "campaign_versions",
        table(CampaignVersion),
        {
            "id": ID,
            "campaign_id": _CAMPAIGN,
            "version": "Counts up.",
            "name": "For staff.",
            "terms": "As JSON.",
            "from_at": "From when they are in force.",
            "actor": _STAFF,
        },
        by_member=False,
    ),
    CsvTable(
        "campaign_vouchers",
        table(CampaignVoucher),
        {
            "id": ID,
            "campaign_id": _CAMPAIGN,
            "state": "What is done, or to be done, in Saleor.",
            "voucher_id": "The voucher's id in Saleor; empty = not made.",
            "adopted": "Whether it stood in Saleor before.",
            "starts_at": "From when its codes are valid.",
            "ends_at": "Until when.",
        },
        by_member=False,
    ),
    CsvTable(
        "campaign_codes",
        table(CampaignCode),
        {
            "id": ID,
            "campaign_id": _CAMPAIGN,
            "voucher_id": "Number in campaign_vouchers.csv.",
            "issue_key": "What it was issued for: shared, member:<number>, order:<id> …",
            "member_id": "Whose it is, in members.csv; empty = shared.",
            "state": "wanted, open, to_end or ended.",
            "valid_until": "Until when.",
            "issued_at": "When.",
            "ended_at": "When its end was decided.",
            "ended_why": "hand, refund, kept, campaign, time or gone.",
        },
        by_member=False,
    ),
    CsvTable(
        "campaign_uses",
        table(CampaignUse),
        {
            "id": ID,
            "campaign_id": _CAMPAIGN,
            "code_id": "Number in campaign_codes.csv; empty = without a code.",
            "order_id": _ORDER_ID,
            "number": _ORDER,
            "member_id": "Whose order it is; empty = nobody's.",
            "currency": _CURRENCY,
            "money": "Taken off, less what went back; in the currency's major unit.",
            "points": "Added, less what went back.",
            "late": "Whether the order came after the campaign had ended.",
            "ordered_at": "When the order was placed.",
        },
        by_member=False,
        values={"money": table(CampaignUse).c.money_milli},
    ),
)
