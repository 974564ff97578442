"""Photographs for the story, drawn when they are needed: an outfall with dark water, the same place cleaned."""

import io

from PIL import Image, ImageDraw

_SIZE = (960, 640)
_BANK, _GRASS, _SKY, _CONCRETE, _PIPE = (126, 108, 84), (96, 128, 78), (196, 208, 214), (150, 148, 142), (36, 36, 38)
_DARK, _CLEAR = (28, 26, 30), (112, 152, 160)


def outfall(*, dark: bool) -> bytes:
    """A JPEG of the outfall, its water dark or clear."""
    picture = Image.new("RGB", _SIZE, _SKY)
    draw = ImageDraw.Draw(picture)
    draw.polygon([(0, 150), (960, 110), (960, 420), (0, 420)], fill=_GRASS)
    draw.polygon([(0, 260), (960, 220), (960, 430), (0, 430)], fill=_BANK)
    _water(draw, _DARK if dark else _CLEAR)
    _pipe(draw, _DARK if dark else None)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=85)
    return encoded.getvalue()


def _water(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int]) -> None:
    draw.rectangle((0, 400, 960, 640), fill=colour)
    lighter = (colour[0] + 16, colour[1] + 16, colour[2] + 18)
    for row in range(12):
        x = (row * 167) % 700
        draw.line((x, 418 + row * 18, x + 180, 414 + row * 18), fill=lighter, width=3)


def _pipe(draw: ImageDraw.ImageDraw, flow: tuple[int, int, int] | None) -> None:
    draw.rectangle((380, 230, 600, 400), fill=_CONCRETE)
    draw.ellipse((420, 260, 560, 390), fill=_PIPE)
    if flow:
        draw.polygon([(436, 350), (544, 350), (590, 470), (390, 470)], fill=flow)
