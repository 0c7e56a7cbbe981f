"""`saleor-loyalty new-handler EVENT`: writes document, handler and test into a plugin's package.

In an empty folder it makes the whole package. What is there already is never changed; the last step
of a package that exists, naming the handler in its `PLUGIN`, is left to its author and said.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from string import Template
from typing import ClassVar

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.plugins import GROUP
from saleor_loyalty_app.saleor.event import typename_of
from saleor_loyalty_app.saleor.webhook_events import family_of

_PACKAGE = re.compile(r"[a-z][a-z0-9_]*")


class ScaffoldTarget(AppError):
    """The folder cannot take the handler; nothing was written."""

    code: ClassVar[str] = "scaffold_target"
    status: ClassVar[int] = 409

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(path=str(path), reason=reason)


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """What was written.

    Attributes:
        is_new_package: install it with `pip install --editable`.
        to_add: the import and the name to put into the package's `PLUGIN`; empty for a new package.
    """

    files: tuple[Path, ...]
    is_new_package: bool
    to_add: tuple[str, ...] = ()


def new_handler(event: str, folder: Path) -> Scaffolded:
    """Writes a handler of `event` into the plugin in `folder`, made where there is none.

    Args:
        event: such as "ORDER_CREATED"; small letters will do.
        folder: a checkout of the plugin, or an empty or missing folder that names a new one.

    Raises:
        UnknownEvent: no asynchronous event has that name.
        ScaffoldTarget: the folder is no plugin, or has such a handler already.
    """
    event = event.strip().upper()
    words = _words(event)
    package = _package_of(folder)
    is_new = package is None
    words |= _names(package or _new_name(folder))
    source, module = folder / words["package"], words["module"]
    files = {
        source / "subscriptions" / f"{module}.graphql": "document.graphql",
        source / f"{module}.py": "handler.py",
        folder / "tests" / f"test_{module}.py": "test.py",
    }
    if is_new:
        files |= {folder / "pyproject.toml": "pyproject.toml", source / "__init__.py": "init.py"}
    for path in files:
        if path.exists():
            raise ScaffoldTarget(path, "it exists already")
    texts = {path: _template(name).substitute(words) for path, name in files.items()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    to_add = (
        ()
        if is_new
        else (
            f"from {words['package']}.{words['module']} import {words['constant']}",
            words["constant"],
        )
    )
    return Scaffolded(tuple(files), is_new, to_add)


def _words(event: str) -> dict[str, str]:
    """What the templates say about an event."""
    raw, _, selection = family_of(event).subject.partition(" ")
    key = selection.strip("{} ").split()[0]
    is_list = raw in ("orders", "voucherCodes")
    log = f'logger.info("{event} about %s", '
    sample = f'{{"{key}": "SAMPLE-1"}}'
    module = event.lower()
    return {
        "event": event,
        "module": module,
        "constant": event,
        "name": module.replace("_", "-"),
        "operation": typename_of(event),
        "typename": typename_of(event),
        "subject": f"{raw} {{\n        {key}\n      }}",
        "raw": raw,
        "field": re.sub(r"([A-Z])", r"_\1", raw).lower(),
        "key": key,
        "kind": "tuple[Subject, ...]" if is_list else "Subject",
        "work": (
            f"for subject in found:\n        {log}subject.{key})"
            if is_list
            else f"{log}found.{key})"
        ),
        "sample": f"[{sample}]" if is_list else sample,
    }


def _names(package: str) -> dict[str, str]:
    return {"package": package, "plugin": package.replace("_", "-").strip("-")}


def _new_name(folder: Path) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_")
    if not _PACKAGE.fullmatch(name):
        raise ScaffoldTarget(folder, "its name makes no Python package; choose letters and digits")
    return name


def _package_of(folder: Path) -> str | None:
    """The package that the plugin in `folder` has as its entry point; None for an empty folder."""
    project = folder / "pyproject.toml"
    if not project.exists():
        if folder.exists() and any(folder.iterdir()):
            raise ScaffoldTarget(folder, "it is not empty and has no pyproject.toml")
        return None
    try:
        document = tomllib.loads(project.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ScaffoldTarget(project, "it cannot be read") from None
    points = document.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if len(points) != 1:
        raise ScaffoldTarget(project, f'it needs one entry point in the group "{GROUP}"')
    package = str(next(iter(points.values()))).partition(":")[0].partition(".")[0]
    if not _PACKAGE.fullmatch(package) or not (folder / package).is_dir():
        raise ScaffoldTarget(folder, f"the package {package} of its entry point is not there")
    return package


@cache
def _template(name: str) -> Template:
    file = resources.files("saleor_loyalty_app.handlers") / "templates" / f"{name}.txt"
    return Template(file.read_text(encoding="utf-8"))
