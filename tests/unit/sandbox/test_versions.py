"""npm's version ranges, as manifests write them."""

import pytest

from sandbox.versions import satisfies


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (">=3.22 <4", True),
        (">=3.21 <4.0.0", True),
        ("^3.22", True),
        ("~3.23", True),
        ("3.23", True),
        ("3.x", True),
        ("*", True),
        ("3.22 - 3.24", True),
        (">=3.24 || ~3.23.0", True),
        (">=3.24", False),
        ("^4", False),
        ("~3.22", False),
        ("<3.23", False),
    ],
)
def test_ranges(wanted: str, fits: bool) -> None:
    assert satisfies("3.23.28", wanted) is fits


@pytest.mark.parametrize("wanted", ["soon", ">= x.y", "3.23 and more"])
def test_an_unreadable_range_is_refused(wanted: str) -> None:
    with pytest.raises(ValueError, match="cannot read version"):
        satisfies("3.23.28", wanted)
