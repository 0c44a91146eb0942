"""Pictures are drawn anew: what a camera wrote beside them, such as the place, and what hides in them, is gone."""

import io
import struct
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.infra.texts import Refused
from portal.kernel.files import FileKind

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 4_096
"""Larger pictures are made smaller: enough to read a serial number on."""
_QUALITY = 88
_FORMATS = {FileKind.PNG: "PNG", FileKind.JPEG: "JPEG", FileKind.WEBP: "WEBP"}


def cleaned(content: bytes, kind: FileKind) -> bytes:
    """The picture alone, upright, as a file of the same kind. Of several frames the first is kept."""
    name = _FORMATS[kind]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[name]) as image:
                return _drawn(image, name)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error, MemoryError):
        raise Refused("file_damaged") from None


def _drawn(image: Image.Image, name: str) -> bytes:
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()  # known from the first bytes, before any room is made for it
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    image.load()
    upright = ImageOps.exif_transpose(image)
    see_through = name != "JPEG" and (upright.mode in {"LA", "PA", "RGBA"} or "transparency" in upright.info)
    plain = upright.convert("RGBA" if see_through else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    bare.save(out, name, **({"quality": _QUALITY} if name != "PNG" else {}))
    return out.getvalue()


def _too_many_pixels() -> Refused:
    return Refused("picture_too_large", limit=MOST_PIXELS // 1_000_000)
