"""Finds what others installed beside the app: entry points, one group for all plugins.

A plugin that cannot be loaded never keeps the app from starting; it is told as a problem.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from saleor_loyalty_app import log

GROUP = "saleor_loyalty_app.plugins"

P = TypeVar("P")
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Found(Generic[P]):
    """A plugin that was loaded; `name` is that of its entry point."""

    name: str
    distribution: str
    version: str
    plugin: P


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin that could not be loaded, and why, for operators."""

    name: str
    distribution: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery(Generic[P]):
    """All plugins of a group, in the order of their names."""

    found: tuple[Found[P], ...]
    broken: tuple[Broken, ...]


def discover(
    kind: type[P], *, group: str = GROUP, points: Iterable[EntryPoint] | None = None
) -> Discovery[P]:
    """Loads all plugins of a group; an entry point must lead to a `kind`.

    Args:
        points: the entry points to load; those of the installed packages unless given.
    """
    found: list[Found[P]] = []
    broken: list[Broken] = []
    names: set[str] = set()
    listed = entry_points(group=group) if points is None else points
    for point in sorted(listed, key=lambda one: (one.name, one.value)):
        distribution = point.dist.name if point.dist else "?"
        version = point.dist.version if point.dist else "?"
        plugin, reason = _load(point, kind)
        if plugin is not None and point.name in names:
            plugin, reason = None, "another plugin has the same name"
        if plugin is None:
            _log.error("plugin_not_loaded", plugin=point.name, reason=reason)
            broken.append(Broken(point.name, distribution, reason))
        else:
            names.add(point.name)
            found.append(Found(point.name, distribution, version, plugin))
    return Discovery(tuple(found), tuple(broken))


def _load(point: EntryPoint, kind: type[P]) -> tuple[P | None, str]:
    try:
        loaded = point.load()
    except Exception as failure:  # noqa: BLE001 - whatever a stranger's import raises
        return None, f"{type(failure).__name__}: {failure}"
    if not isinstance(loaded, kind):
        return None, f"{point.value} is a {type(loaded).__name__}, not a {kind.__name__}"
    return loaded, ""
