"""The files that are served: linked once, with what vouches for them."""

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache

from saleor_loyalty_app import assets
from saleor_loyalty_app.api.components.linking import link

FOLDER = "storefront/components"
#: All components at once, and each for pages that need but one.
NAMES = (
    "loyalty.js",
    "loyalty-access.js",
    "loyalty-estimate.js",
    "loyalty-panel.js",
    "loyalty-points.js",
    "loyalty-price.js",
    "loyalty-redeem.js",
    "loyalty-shipping.js",
)


@dataclass(frozen=True, slots=True)
class ComponentFile:
    """One file: its text as it is and compressed, and the names of its content."""

    name: str
    content: bytes
    compressed: bytes
    #: For the attribute `integrity` (W3C Subresource Integrity).
    integrity: str
    #: In the address of a copy that never changes.
    version: str

    @property
    def path(self) -> str:
        """Where this very content is, below the app's address."""
        return f"/storefront/v1/{self.name}?v={self.version}"


@cache
def component_files() -> dict[str, ComponentFile]:
    """The files by name.

    Raises:
        AssetMissing: the app is not installed completely.
        Unlinkable: they are not written as they have to be.
    """
    return {name: _file(name) for name in NAMES}


def _file(name: str) -> ComponentFile:
    content = link(name, lambda module: assets.read_text(f"{FOLDER}/{module}")).encode()
    digest = hashlib.sha384(content).digest()
    return ComponentFile(
        name=name,
        content=content,
        compressed=gzip.compress(content, 9, mtime=0),
        integrity=f"sha384-{base64.b64encode(digest).decode()}",
        version=digest.hex()[:16],
    )
