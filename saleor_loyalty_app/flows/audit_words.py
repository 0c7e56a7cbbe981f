"""What an audit found, told for people, and what is to be done about it."""

from collections.abc import Mapping

from saleor_loyalty_app.i18n import translate

#: Counts that `flows.mend_counters` adds up anew.
MENDABLE = frozenset({"campaign_money", "campaign_points", "reward_stock"})
_ADVICE = {
    "order": ("order_booked", "order_postings", "order_target"),
    "mendable": tuple(sorted(MENDABLE)),
    "standing": ("milestone", "tier"),
    "noted": (
        "adjustment",
        "bonus_flag",
        "bonus_given",
        "campaign_use",
        "cap_place",
        "cap_points",
        "cap_stray",
        "cap_times",
        "claim_returned",
        "event_points",
        "event_status",
        "event_taken",
        "goodwill",
        "milestone_points",
        "milestone_taken",
        "perk",
        "perk_of_deed",
        "perk_loose",
        "perk_reward",
        "tier_reward",
        "use_restored",
    ),
}
_ADVICE_OF = {check: advice for advice, checks in _ADVICE.items() for check in checks}
#: Every advice there is.
ADVICES = ("ledger", *_ADVICE)


def drift_words(drift: Mapping[str, object], language: str) -> str:
    """What a drift is, with whose it is named elsewhere.

    Args:
        drift: the fields of `ledger.auditing.Drift`; those of older runs have no `about`.
    """
    return translate(f"drift.{drift['check']}", language, **{"about": "", **_said(drift)})


def advice_words(check: str, language: str) -> str:
    """What is to be done about a drift; what moves points itself is as grave as the ledger."""
    return translate(f"drift_advice.{_ADVICE_OF.get(check, 'ledger')}", language)


def _said(drift: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in drift.items() if name != "check"}
