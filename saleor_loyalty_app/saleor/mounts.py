"""The places in the Dashboard where an app can show something, and since which Saleor."""

from saleor_loyalty_app.saleor.version import OLDEST, SchemaVersion

SEARCH_MOUNT = "SEARCH_ACTION"
_ACTIONS = ("OVERVIEW_CREATE", "OVERVIEW_MORE_ACTIONS", "DETAILS_MORE_ACTIONS")
_WITH_WIDGETS = (
    "PRODUCT", "ORDER", "DRAFT_ORDER", "CUSTOMER", "COLLECTION", "GIFT_CARD", "VOUCHER",
)  # fmt: skip
_WITHOUT_WIDGETS = ("CATEGORY", "DISCOUNT", "PAGE", "PAGE_TYPE", "MENU")
_NAVIGATION = ("CATALOG", "ORDERS", "CUSTOMERS", "DISCOUNTS", "TRANSLATIONS", "PAGES")
_DETAILS = tuple(f"{page}_DETAILS_WIDGETS" for page in _WITH_WIDGETS)

#: Every mount with the oldest Saleor that has it.
MOUNTS: dict[str, SchemaVersion] = {
    **dict.fromkeys(
        (f"{page}_{place}" for page in (*_WITH_WIDGETS, *_WITHOUT_WIDGETS) for place in _ACTIONS),
        OLDEST,
    ),
    **dict.fromkeys(_DETAILS, OLDEST),
    **dict.fromkeys((f"NAVIGATION_{menu}" for menu in _NAVIGATION), OLDEST),
    "HOMEPAGE_WIDGETS": SchemaVersion(3, 23),
    SEARCH_MOUNT: SchemaVersion(3, 23),
}
WIDGET_MOUNTS = frozenset((*_DETAILS, "HOMEPAGE_WIDGETS"))

_LISTED = (
    "PRODUCT", "ORDER", "DRAFT_ORDER", "CUSTOMER", "COLLECTION", "CATEGORY", "GIFT_CARD", "VOUCHER",
    "DISCOUNT", "PAGE", "PAGE_TYPE", "MENU",
)  # fmt: skip
#: The pages of the Dashboard that a search action may be limited to.
VIEWS = frozenset(
    (*(f"{page}_{kind}" for page in _LISTED for kind in ("LIST", "DETAILS")), "CHANNEL_DETAILS")
)
