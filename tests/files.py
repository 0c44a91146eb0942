"""Files as people send them, good and bad, made here so that nothing dangerous lies in the repository."""

import io
import zipfile

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
GPS = 0x8825


def picture(name: str = "PNG", size: tuple[int, int] = (40, 30), *, place: bool = False, turned: bool = False) -> bytes:
    """A picture; with the place where it was taken, or held sideways, as a phone writes it."""
    image = Image.new("RGB", size, (20, 90, 160))
    image.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    if place:
        exif[0x010F] = "Camera of Qzxmarker"
        exif.get_ifd(GPS).update({1: "N", 2: (13.0, 30.0, 41.0), 3: "E", 4: (2.0, 6.0, 35.0)})
    if turned:
        exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, name, exif=exif)
    return out.getvalue()


def office(main: str = "xl/workbook.xml", **members: bytes) -> bytes:
    """An archive with the parts that make it a spreadsheet (or a text), and others by name (`__` for a slash)."""
    return archive({"[Content_Types].xml": b"<Types/>", main: b"<workbook/>"} | members)


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return out.getvalue()
