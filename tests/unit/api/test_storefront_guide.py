"""The guide for storefront developers says what the API does."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from saleor_loyalty_app.api.redemption_answers import OF_RELEASING, OF_SPENDING
from saleor_loyalty_app.api.redemption_schemas import Redemption
from saleor_loyalty_app.api.reward_schemas import RewardClaim
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.access import Accesses
from saleor_loyalty_app.api.storefront.bonuses import OF_ANSWERS, OF_BIRTHDAYS, OF_TELLING
from saleor_loyalty_app.api.storefront.bonuses_schemas import BirthdayPage
from saleor_loyalty_app.api.storefront.campaigns import MyCampaigns
from saleor_loyalty_app.api.storefront.cart_schemas import CheckoutPage
from saleor_loyalty_app.api.storefront.claims import OF_CLAIMS, Claimable, ClaimAsked
from saleor_loyalty_app.api.storefront.estimate import OF_ESTIMATES
from saleor_loyalty_app.api.storefront.estimate_schemas import EstimatePage
from saleor_loyalty_app.api.storefront.membership import OF_JOINING, OF_LEAVING
from saleor_loyalty_app.api.storefront.membership_schemas import Erasure, Leaving, Membership
from saleor_loyalty_app.api.storefront.milestones import MyMilestones
from saleor_loyalty_app.api.storefront.my_data import OF_ERASURES
from saleor_loyalty_app.api.storefront.prices import MyPrices
from saleor_loyalty_app.api.storefront.program_schemas import ProgramPage
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_NAMED_STORES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.rewards import Rewards
from saleor_loyalty_app.api.storefront.schemas import History, Me
from saleor_loyalty_app.api.storefront.session import OF_SESSIONS, Session
from saleor_loyalty_app.api.storefront.tier_schemas import MyTier
from saleor_loyalty_app.api.storefront.wishes import OF_CONSENTS, OF_PREFERENCES
from saleor_loyalty_app.api.storefront.wishes_schemas import Preferences
from saleor_loyalty_app.settings import Settings

GUIDE = Path(__file__).parents[3] / "docs" / "storefront-api.md"
EXAMPLES: tuple[type[BaseModel], ...] = (
    ProgramPage, EstimatePage, Session, Me, Rewards, RewardClaim, MyTier, MyMilestones, MyCampaigns,
    Accesses, MyPrices, History, CheckoutPage, Redemption, Membership, Leaving, Preferences,
    BirthdayPage, Erasure, Claimable, ClaimAsked,
)  # fmt: skip


@pytest.fixture(scope="module")
def guide() -> str:
    if not GUIDE.exists():
        pytest.skip("the documentation is not here")
    return GUIDE.read_text("utf-8")


def test_its_examples_are_answers_of_the_api_in_their_order(guide: str) -> None:
    found = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", guide, re.DOTALL)]
    answers = [one for one in found if one.keys() != {"error"}]
    assert len(answers) == len(EXAMPLES)
    for model, answer in zip(EXAMPLES, answers, strict=True):
        model.model_validate(answer)


def test_it_tells_of_every_failure_that_is_documented(guide: str) -> None:
    refusals = (
        *OF_SHOPPERS, *OF_NAMED_STORES, *OF_SPENDING, *OF_RELEASING, *OF_SALEOR, *OF_CHANGES,
        *OF_ESTIMATES, *OF_SESSIONS, *OF_JOINING, *OF_LEAVING, *OF_PREFERENCES, *OF_CONSENTS,
        *OF_ERASURES, *OF_CLAIMS, *OF_TELLING, *OF_BIRTHDAYS, *OF_ANSWERS,
        (422, "address_invalid", {}),
    )  # fmt: skip
    rows = [line for line in guide.splitlines() if line.startswith("| ")]
    for status, code, _ in refusals:
        assert any(row.startswith(f"| {status} |") and f"`{code}`" in row for row in rows), code


def test_its_rates_are_those_of_the_settings(guide: str) -> None:
    for name in ("reading", "spending", "public", "session", "estimate", "sign_in"):
        amount, _, unit = str(Settings.model_fields[f"{name}_limit"].default).partition("/")
        each = f"in {unit}" if unit[0].isdigit() else f"a {unit}"
        assert f"| {amount} {each} |" in guide, name


def test_its_links_lead_somewhere(guide: str) -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in guide.splitlines()
        if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", guide)) <= headings
