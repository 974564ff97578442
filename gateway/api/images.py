"""Pictures that people upload: decoded within limits, turned upright, encoded anew without anything but the picture.

What leaves is a new JPEG or PNG: EXIF (the place where it was taken among it), text chunks, colour profiles, thumbnails
and whatever a polyglot file carried behind the picture are gone. Only Pillow's JPEG, PNG and WebP decoders are opened.
"""

import io
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import NotAnUpload

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 50_000_000
"""Checked in the header, before anything is decoded: 50 megapixels need 150 MB."""
MAX_SIDE = 20_000
JPEG_QUALITY = 88


@dataclass(frozen=True)
class Picture:
    """An encoded picture without metadata."""

    content: bytes
    media_type: str
    width: int
    height: int


def clean(file: IO[bytes]) -> Picture:
    """Decode and encode anew the picture in `file`. Raises NotAnUpload, which says why it cannot be taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(file, formats=FORMATS) as image:
                _check_size(image)
                return _encode(_upright(image), _keeps_alpha(image))
        except UnidentifiedImageError as error:
            raise NotAnUpload(why="not a JPEG, PNG or WebP picture", why_zh="不是 JPEG、PNG 或 WebP 图片") from error
        except Image.DecompressionBombError as error:
            raise _too_many_pixels() from error
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
            raise NotAnUpload(why="the picture is damaged", why_zh="图片已损坏") from error


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise _too_many_pixels()


def _too_many_pixels() -> NotAnUpload:
    millions = MAX_PIXELS // 1_000_000
    return NotAnUpload(
        why=f"the picture has too many pixels; at most {millions} million, {MAX_SIDE} on a side",
        why_zh=f"图片像素过多:最多 {millions} 百万像素,单边 {MAX_SIDE}",
    )


def _upright(image: Image.Image) -> Image.Image:
    """The decoded picture as the camera was held."""
    image.load()
    return ImageOps.exif_transpose(image) or image


def _keeps_alpha(image: Image.Image) -> bool:
    return image.format != "JPEG" and ("transparency" in image.info or image.mode in ("RGBA", "LA", "PA"))


def _encode(image: Image.Image, alpha: bool) -> Picture:
    """Encode the bare pixels: JPEG, or PNG where the picture is transparent. A fresh image carries no `info`."""
    pixels = image.convert("RGBA" if alpha else "RGB")
    pixels.info.clear()
    target = io.BytesIO()
    if alpha:
        pixels.save(target, "PNG", optimize=False)
    else:
        pixels.save(target, "JPEG", quality=JPEG_QUALITY)
    return Picture(target.getvalue(), "image/png" if alpha else "image/jpeg", *pixels.size)
