"""Gives points to a customer who has told first and last name."""

from importlib import resources

from saleor_loyalty_app.ext import PluginEvent, PluginHandler, Struct, grant_points

POINTS = 50
NOTE = {
    "en": "thank you for completing your profile",
    "tr": "profilini tamamladığın için teşekkürler",
}


class Customer(Struct, frozen=True, rename="camel"):
    """What the document asks of the user."""

    id: str
    first_name: str = ""
    last_name: str = ""
    is_staff: bool = False


class CustomerUpdated(Struct, frozen=True):
    """The event; Saleor leaves the user out where it could not resolve it."""

    user: Customer | None = None


def receive(event: PluginEvent) -> None:
    """Runs after the webhook was accepted; the key makes a repetition harmless."""
    user = event.parse(CustomerUpdated).user
    if user is None or user.is_staff or not is_complete(user):
        return
    grant_points(
        event,
        user.id,
        POINTS,
        plugin="profile-points",
        key=user.id,
        note=NOTE.get(event.store.language, NOTE["en"]),
    )


def is_complete(user: Customer) -> bool:
    """Whether both names are told."""
    return bool(user.first_name.strip() and user.last_name.strip())


PROFILE_COMPLETE = PluginHandler(
    name="profile-complete",
    events=("CUSTOMER_UPDATED",),
    document=(
        resources.files("loyalty_plugin_example") / "subscriptions" / "profile_complete.graphql"
    ).read_text("utf-8"),
    receive=receive,
)
