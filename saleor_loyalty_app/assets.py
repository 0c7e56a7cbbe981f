"""Files that belong to the app but are not Python: GraphQL documents, the manifest, pages.

In a checkout they stand at its root; the wheel carries them inside the package.
"""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath


class AssetMissing(Exception):
    """The app is not complete: a file that belongs to it is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is missing: the app is not installed completely")
        self.name = name


@cache
def _root() -> Traversable:
    packaged = resources.files("saleor_loyalty_app") / "packaged"
    if packaged.is_dir():
        return packaged
    return Path(__file__).resolve().parent.parent


def _find(name: str) -> Traversable:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise AssetMissing(name)
    return _root().joinpath(*path.parts)


def read_bytes(name: str) -> bytes:
    """The content of the asset `name`, such as "manifest.json".

    Raises:
        AssetMissing: there is no such file.
    """
    found = _find(name)
    if not found.is_file():
        raise AssetMissing(name)
    return found.read_bytes()


def read_text(name: str) -> str:
    """The text (UTF-8) of the asset `name`, such as "graphql/queries/orders.graphql".

    Raises:
        AssetMissing: there is no such file.
    """
    return read_bytes(name).decode()


def names(folder: str, suffix: str) -> list[str]:
    """The names of all assets directly in `folder` that end with `suffix`, sorted.

    Raises:
        AssetMissing: there is no such folder.
    """
    found = _find(folder)
    if not found.is_dir():
        raise AssetMissing(folder)
    return sorted(f"{folder}/{file.name}" for file in found.iterdir() if file.name.endswith(suffix))
