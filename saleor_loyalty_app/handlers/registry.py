"""All handlers of an installation: those of the core and those of its plugins."""

from collections.abc import Mapping
from dataclasses import dataclass

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.event_handler import Handler
from saleor_loyalty_app.flows.plugin_handler import (
    Plugin,
    PluginHandler,
    as_handler,
    by_name,
    check_plugin,
)
from saleor_loyalty_app.flows.sync_handler import SyncHandler
from saleor_loyalty_app.handlers import CORE_HANDLERS, SYNC_HANDLERS
from saleor_loyalty_app.handlers.plugin_troubles import told
from saleor_loyalty_app.plugins import Broken, Discovery, Found, discover
from saleor_loyalty_app.programs.plugin_kinds import Kinds

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Registry:
    """What the routes, the manifest, the worker and the commands are built from.

    Attributes:
        sync_handlers: those for whose answer Saleor waits; plugins have none.
        plugin_handlers: the functions behind the handlers of plugins, by their webhooks' names.
        plugins: those that are in use.
        broken: those that are installed and cannot be used, with the reason.
        kinds: the conditions and effects that plugins bring.
    """

    handlers: tuple[Handler, ...]
    sync_handlers: tuple[SyncHandler, ...]
    plugin_handlers: Mapping[str, PluginHandler]
    plugins: tuple[Found[Plugin], ...]
    broken: tuple[Broken, ...]
    kinds: Kinds

    @property
    def webhooks(self) -> tuple[Handler | SyncHandler, ...]:
        """All that a store is to have as webhooks of the app."""
        return (*self.handlers, *self.sync_handlers)


def load_registry(discovery: Discovery[Plugin] | None = None) -> Registry:
    """Gathers all handlers and kinds; a plugin of which one cannot be used is left out as a whole.

    Args:
        discovery: the plugins; those of the installed packages unless given.
    """
    found = discover(Plugin) if discovery is None else discovery
    handlers = list(CORE_HANDLERS)
    names = {handler.name for handler in handlers} | {one.name for one in SYNC_HANDLERS}
    used: list[Found[Plugin]] = []
    kinds = Kinds(tell=told)
    broken = list(found.broken)
    for item in found.found:
        plugin = item.plugin
        try:
            check_plugin(plugin)
            own = [as_handler(plugin, handler) for handler in plugin.handlers]
            more = kinds.with_plugin(plugin.name, plugin.conditions, plugin.effects)
        except ValueError as failure:
            reason = str(failure)
        except Exception as failure:  # noqa: BLE001 - a stranger's object may hold anything
            reason = f"{type(failure).__name__}: {failure}"
        else:
            added = [handler.name for handler in own]
            twice = {name for name in added if name in names or added.count(name) > 1}
            reason = f"two handlers are named {', '.join(sorted(twice))}" if twice else ""
            if not reason:
                handlers += own
                names.update(added)
                kinds = more
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
        kinds=kinds,
    )
