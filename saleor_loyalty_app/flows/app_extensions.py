"""What the app shows in the Dashboard, and where: one row an extension.

A widget is opened with GET, so that it speaks to the Dashboard by App Bridge; the Dashboard's own
default differs from what its documentation says, so each names its method.
"""

from dataclasses import dataclass
from typing import Literal

from saleor_loyalty_app.saleor.manifest import ExtensionOptions, HomeWidget, Method
from saleor_loyalty_app.saleor.mounts import MOUNTS
from saleor_loyalty_app.saleor.version import OLDEST, SchemaVersion

#: By this the widgets have the Dashboard open the popup (App Bridge, `openPopup`).
GIVE_POINTS = "loyalty-give-points"
#: The label of the search action. Dashboards up to 3.23.27 leave aliases aside: they find a word
#: only in the label (or the app's name), and no further in than its 30th letter.
SEARCHED = "Points (sadakat, puan)"
#: What people look for in the Dashboard's search; Turkish beside English, as labels have no locale.
ALIASES = ("points", "rewards", "loyalty", "puan", "ödül", "sadakat")
_WIDGET = ExtensionOptions(widget_target=Method(method="GET"))


@dataclass(frozen=True, slots=True)
class Extension:
    """Something that the Dashboard shows, from the Saleor `since` on.

    `path` is below the address at which staff reach the app.
    """

    identifier: str
    label: str
    mount: str
    target: Literal["APP_PAGE", "POPUP", "NEW_TAB", "WIDGET"]
    path: str
    permissions: tuple[str, ...] = ()
    options: ExtensionOptions | None = None
    since: SchemaVersion = OLDEST

    @property
    def oldest(self) -> SchemaVersion:
        """The oldest Saleor that can show it: its own, or that of the place where it stands."""
        return max(self.since, MOUNTS.get(self.mount, OLDEST))


#: The app's page stands where staff look for customers.
EXTENSIONS: tuple[Extension, ...] = (
    Extension(
        identifier="loyalty-navigation",
        label="Loyalty",
        mount="NAVIGATION_CUSTOMERS",
        target="APP_PAGE",
        path="/",
        permissions=("MANAGE_USERS",),
    ),
    Extension(
        identifier="loyalty-customer",
        label="Loyalty",
        mount="CUSTOMER_DETAILS_WIDGETS",
        target="WIDGET",
        path="/widget/customer",
        permissions=("MANAGE_USERS",),
        options=_WIDGET,
    ),
    Extension(
        identifier="loyalty-order",
        label="Loyalty",
        mount="ORDER_DETAILS_WIDGETS",
        target="WIDGET",
        path="/widget/order",
        permissions=("MANAGE_ORDERS",),
        options=_WIDGET,
    ),
    Extension(
        identifier="loyalty-voucher",
        label="Loyalty",
        mount="VOUCHER_DETAILS_WIDGETS",
        target="WIDGET",
        path="/widget/voucher",
        permissions=("MANAGE_DISCOUNTS",),
        options=_WIDGET,
    ),
    Extension(
        identifier="loyalty-home",
        label="Loyalty",
        mount="HOMEPAGE_WIDGETS",
        target="WIDGET",
        path="/widget/home",
        permissions=("MANAGE_USERS",),
        options=ExtensionOptions(home_widget_target=HomeWidget(method="GET")),
    ),
    Extension(
        identifier=GIVE_POINTS,
        label="Give or take points",
        mount="CUSTOMER_DETAILS_MORE_ACTIONS",
        target="POPUP",
        path="/popup/points",
        permissions=("MANAGE_USERS",),
    ),
    Extension(
        identifier="loyalty-search",
        label=SEARCHED,
        mount="SEARCH_ACTION",
        target="APP_PAGE",
        path="/members",
        permissions=("MANAGE_USERS",),
        options=ExtensionOptions(aliases=ALIASES),
    ),
)
