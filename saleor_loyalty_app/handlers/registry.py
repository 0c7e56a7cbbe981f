"""All handlers of an installation: those of the core and those of its plugins."""

from collections.abc import Mapping
from dataclasses import dataclass

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.event_handler import Handler
from saleor_loyalty_app.flows.plugin_handler import Plugin, PluginHandler, as_handler, by_name
from saleor_loyalty_app.flows.sync_handler import SyncHandler
from saleor_loyalty_app.handlers import CORE_HANDLERS, SYNC_HANDLERS
from saleor_loyalty_app.plugins import Broken, Discovery, Found, discover

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Registry:
    """What the routes, the manifest, the worker and the commands are built from.

    Attributes:
        sync_handlers: those for whose answer Saleor waits; plugins have none.
        plugin_handlers: the functions behind the handlers of plugins, by their webhooks' names.
        plugins: those that are in use.
        broken: those that are installed and cannot be used, with the reason.
    """

    handlers: tuple[Handler, ...]
    sync_handlers: tuple[SyncHandler, ...]
    plugin_handlers: Mapping[str, PluginHandler]
    plugins: tuple[Found[Plugin], ...]
    broken: tuple[Broken, ...]

    @property
    def webhooks(self) -> tuple[Handler | SyncHandler, ...]:
        """All that a store is to have as webhooks of the app."""
        return (*self.handlers, *self.sync_handlers)


def load_registry(discovery: Discovery[Plugin] | None = None) -> Registry:
    """Gathers all handlers; a plugin with a handler that cannot be used is left out as a whole.

    Args:
        discovery: the plugins; those of the installed packages unless given.
    """
    found = discover(Plugin) if discovery is None else discovery
    handlers = list(CORE_HANDLERS)
    names = {handler.name for handler in handlers} | {one.name for one in SYNC_HANDLERS}
    used: list[Found[Plugin]] = []
    broken = list(found.broken)
    for item in found.found:
        try:
            own = [as_handler(item.plugin, handler) for handler in item.plugin.handlers]
        except ValueError as failure:
            reason = str(failure)
        else:
            added = [handler.name for handler in own]
            twice = {name for name in added if name in names or added.count(name) > 1}
            reason = f"two handlers are named {', '.join(sorted(twice))}" if twice else ""
            if not reason:
                handlers += own
                names.update(added)
                used.append(item)
                continue
        _log.error("plugin_not_usable", plugin=item.name, reason=reason)
        broken.append(Broken(item.name, item.distribution, reason))
    return Registry(
        handlers=tuple(handlers),
        sync_handlers=SYNC_HANDLERS,
        plugin_handlers=by_name(item.plugin for item in used),
        plugins=tuple(used),
        broken=tuple(broken),
    )
