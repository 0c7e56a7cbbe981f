"""Points for a complete profile: an example of a plugin of Saleor Loyalty."""

from loyalty_plugin_example.profile_complete import PROFILE_COMPLETE
from saleor_loyalty_app.ext import API_VERSION, Plugin

PLUGIN = Plugin(name="profile-points", api_version=API_VERSION, handlers=(PROFILE_COMPLETE,))
