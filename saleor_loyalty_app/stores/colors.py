"""Colors of a brand that stay readable: contrast by WCAG 2.2.

Formulas: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio and #dfn-relative-luminance.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from saleor_loyalty_app.errors import AppError

#: What normal text needs on its ground (WCAG 2.2, 1.4.3).
READABLE = 4.5
#: Steps in which a color is moved towards black or white.
_STEPS = 50
_HEX = re.compile(r"#[0-9a-fA-F]{6}")

Rgb = tuple[int, int, int]


class ContrastTooLow(AppError):
    """Text in this color cannot be read on this ground."""

    code: ClassVar[str] = "contrast_too_low"
    status: ClassVar[int] = 422

    def __init__(self, text: str, ground: str) -> None:
        super().__init__(
            text=text,
            ground=ground,
            contrast=f"{contrast(text, ground):.2f}",
            needed=f"{READABLE:.1f}",
        )


@dataclass(frozen=True, slots=True)
class Palette:
    """The colors of a page in one mode, as #rrggbb.

    Attributes:
        accent: of links and buttons: the brand's color, moved as far as its ground asks for.
        on_accent: of text on `accent`.
    """

    ground: str
    ink: str
    soft: str
    line: str
    panel: str
    accent: str
    on_accent: str


def is_color(text: str) -> bool:
    """Whether a text is a color as #rrggbb."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors, 1 to 21."""
    lighter, darker = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def require_readable(text: str, ground: str) -> None:
    """Raises ContrastTooLow, where text in one color cannot be read on the other."""
    if contrast(text, ground) < READABLE:
        raise ContrastTooLow(text, ground)


def readable_on(color: str, *grounds: str) -> str:
    """The color nearest to `color`, towards black or white, that can be read on all `grounds`."""
    for step in range(_STEPS + 1):
        for end in ("#000000", "#ffffff"):
            moved = _mixed(color, end, step / _STEPS)
            if all(contrast(moved, ground) >= READABLE for ground in grounds):
                return moved
    return text_on(grounds[0])


def text_on(ground: str) -> str:
    """Black or white, whichever is read better on a ground: one of them always can be."""
    return max(("#ffffff", "#111111", "#000000"), key=lambda text: contrast(text, ground))


def light_palette(brand: str, ground: str, ink: str) -> Palette:
    """The page by day.

    Raises:
        ContrastTooLow: `ink` cannot be read on `ground`.
    """
    require_readable(ink, ground)
    return _palette(brand, ground, ink)


def dark_palette(brand: str) -> Palette:
    """The page by night: the brand's color on a neutral ground."""
    return _palette(brand, "#101418", "#e9ecf0")


def _palette(brand: str, ground: str, ink: str) -> Palette:
    panel = _mixed(ground, ink, 0.04)
    accent = readable_on(brand, ground, panel)
    return Palette(
        ground=ground,
        ink=readable_on(ink, ground, panel),
        soft=readable_on(_mixed(ink, ground, 0.3), ground, panel),
        line=_mixed(ground, ink, 0.16),
        panel=panel,
        accent=accent,
        on_accent=text_on(accent),
    )


def _rgb(color: str) -> Rgb:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _mixed(one: str, other: str, share: float) -> str:
    """`one` with a share of `other` in it."""
    pairs = zip(_rgb(one), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _luminance(color: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
