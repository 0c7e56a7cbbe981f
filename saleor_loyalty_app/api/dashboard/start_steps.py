"""What is left to do until a program runs: decided from what stands in the books alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum


class StepKey(StrEnum):
    """The steps in the order in which they are taken."""

    store_connected = "store_connected"
    permissions = "permissions"
    draft_seen = "draft_seen"
    rates_confirmed = "rates_confirmed"
    published = "published"
    storefront_connected = "storefront_connected"
    mail_tested = "mail_tested"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the books say.

    Attributes:
        described: Saleor described its channels and settings to the app.
        channels: the active channels, each with its currency.
        lacking: permissions that the app asks for and was not given.
        drafted: a draft is there.
        staff_saved: somebody of the staff saved the draft, not the app alone.
        tried_out: somebody asked what a program would cost on the store's own orders.
        published: a program is in force or comes into force.
        rated: (channel, currency) pairs that the program in force, else the draft, has rates for.
        origins: storefronts may call from somewhere that was named.
        shoppers: a shopper was there: points spent, or the rewards page visited.
        mail_tested: a test mail went out.
    """

    described: bool
    channels: Sequence[tuple[str, str]]
    lacking: Collection[str]
    drafted: bool
    staff_saved: bool
    tried_out: bool
    published: bool
    rated: Collection[tuple[str, str]]
    origins: bool
    shoppers: bool
    mail_tested: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step, whether it is done, and what is missing: permissions or channels."""

    key: StepKey
    done: bool
    missing: tuple[str, ...] = ()


def steps(evidence: Evidence) -> list[Step]:
    """All steps.

    What somebody published counts as confirmed, also without rates for every channel: there no
    points are earned, which may be meant. It is named all the same.
    """
    bare = tuple(
        sorted(
            f"{channel} ({currency})"
            for channel, currency in evidence.channels
            if (channel, currency) not in evidence.rated
        )
    )
    handled = evidence.published or evidence.staff_saved
    return [
        Step(StepKey.store_connected, evidence.described and bool(evidence.channels)),
        Step(StepKey.permissions, not evidence.lacking, tuple(sorted(evidence.lacking))),
        Step(StepKey.draft_seen, handled or evidence.tried_out),
        Step(
            StepKey.rates_confirmed,
            evidence.published or (evidence.staff_saved and not bare),
            bare if evidence.published or evidence.drafted else (),
        ),
        Step(StepKey.published, evidence.published),
        Step(StepKey.storefront_connected, evidence.origins or evidence.shoppers),
        Step(StepKey.mail_tested, evidence.mail_tested),
    ]
