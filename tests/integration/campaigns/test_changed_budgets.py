"""A changed budget acts at once, by what was spent already."""

from typing import Any

import pytest

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.stores.problems import open_problems
from tests.campaign_stage import ACTOR, background, buy, now_of, start, terms_of
from tests.contract.story_teller import Refusal
from tests.redemption_stage import Stage

LOWERS = {"channel": "default-channel", "currency": "USD", "value": "10", "reduced": "4"}
STAYS = {"channel": "default-channel", "currency": "USD", "value": "10"}


def budget(money: str, when_reached: str = "reduce") -> dict[str, Any]:
    return {"money": {"USD": money}, "warn_percent": 50, "when_reached": when_reached}


def save(
    stage: Stage, campaign: CampaignRow, channel: dict[str, str], limit: dict[str, Any] | None
) -> CampaignRow:
    """Staff save the campaign with another budget, and the background does what follows."""
    before = now_of(stage, campaign)
    terms = check.read(before.terms.document | {"channels": [channel], "budget": limit})
    saved = stage.database.write(
        lambda conn: desk.change_campaign(
            conn,
            stage.store,
            campaign.public_id,
            terms,
            version=before.version,
            actor=ACTOR,
            now=stage.now,
        )
    )
    background(stage)
    return saved


def worth(stage: Stage) -> int:
    voucher = stage.box.store.voucher_codes["AUTUMN10"].voucher
    return int(voucher.listings["default-channel"].discount_value)


def problems(stage: Stage) -> list[str]:
    found = stage.database.read(lambda conn: open_problems(conn, stage.store.id))
    return [one.message for one in found]


def test_a_changed_budget_warns_lowers_and_ends_by_what_was_spent_already(stage: Stage) -> None:
    campaign = start(stage, terms_of(stage, channels=[LOWERS], budget=budget("20")))
    buy(stage, "AUTUMN10")
    background(stage)
    [told] = problems(stage)
    assert (worth(stage), "75" in told) == (4, True)

    more = save(stage, campaign, LOWERS, budget("100"))
    assert (more.warned_at, more.reduced_at) == (None, None)
    assert (worth(stage), problems(stage)) == (10, []), "what the old budget did is taken back"

    less = save(stage, campaign, LOWERS, budget("25"))
    [told] = problems(stage)
    assert (less.warned_at, worth(stage), "60" in told) == (stage.now, 4, True)

    tells = save(stage, campaign, STAYS, budget("10", "warn"))
    [told] = problems(stage)
    assert (tells.state, worth(stage), "150" in told) == ("running", 10, True)

    lower = save(stage, campaign, LOWERS | {"reduced": "2"}, budget("16"))
    assert (lower.state, worth(stage)) == ("running", 2)

    assert save(stage, campaign, STAYS, None).reduced_at is None
    assert (worth(stage), problems(stage)) == (10, [])

    over = save(stage, campaign, STAYS, budget("15", "stop"))
    assert (over.state, over.ended_why) == ("ended", "budget")
    with pytest.raises(Refusal):
        stage.put_code(stage.cart(1), "AUTUMN10")
