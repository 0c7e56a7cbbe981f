"""What rules ask of metadata that other systems and staff keep in Saleor.

Looked at is only what shoppers cannot write: the private metadata of the order (that of its
checkout is copied there), and the metadata of the product, which takes the permission to manage
products. The public metadata of checkouts, orders and customers proves nothing: anybody who knows
a checkout's id may write it, and it is never read.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from saleor_loyalty_app.programs.condition_base import LineCondition, SingleCondition
from saleor_loyalty_app.programs.scalars import ONE_LINE

#: So long a key or a value is at most; what is longer is not looked at.
LONGEST_KEY, LONGEST_VALUE = 120, 200
#: So many of one thing are looked at, by the alphabet.
MOST_KEYS = 100
MOST_VALUES = 50

MetadataKey = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_KEY, pattern=ONE_LINE
    ),
]
MetadataValue = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_VALUE, pattern=ONE_LINE)
]
MetadataValues = Annotated[tuple[MetadataValue, ...], Field(max_length=MOST_VALUES)]


class OrderMetadata(SingleCondition):
    """The order's private metadata has this key, with one of these values; none = with any."""

    type: Literal["order_metadata"]
    key: MetadataKey
    values: MetadataValues = ()


class ProductMetadata(LineCondition):
    """The product's metadata has this key, with one of these values; none = with any."""

    type: Literal["product_metadata"]
    key: MetadataKey
    values: MetadataValues = ()


def why_not(
    condition: OrderMetadata | ProductMetadata, told: Mapping[str, str]
) -> dict[str, Any] | None:
    """Why metadata does not fulfill a condition; keys and values are compared as they are."""
    value = told.get(condition.key)
    if value is not None and (not condition.values or value in condition.values):
        return None
    reason: dict[str, Any] = {"code": f"{condition.type}_missing", "name": condition.key}
    if condition.values:
        reason |= {"code": condition.type, "wanted": list(condition.values[:5])}
    return reason


def looked_at(told: Mapping[str, str]) -> dict[str, str]:
    """What of some metadata conditions can ask for: nothing that is too long or too much."""
    kept = (
        (key, value)
        for key, value in sorted(told.items())
        if len(key) <= LONGEST_KEY and len(value) <= LONGEST_VALUE
    )
    return dict(list(kept)[:MOST_KEYS])
