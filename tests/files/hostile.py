"""Twenty-odd files that somebody might send in the place of a picture."""

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>fetch('/toi')</script>"


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, (10, 80, 160)).save(made, form, **more)
    return made.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, body: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def packed() -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("anh.jpg", b"\xff\xd8\xff")
    return made.getvalue()


def pdf(names: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + names + b" >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


REFUSED = {  # name → (bytes, why)
    "nothing": (b"", "empty"),
    "svg": (SVG, "kind"),
    "svg after a mark": (b"\xef\xbb\xbf<?xml version='1.0'?>" + SVG, "kind"),
    "html": (HTML, "kind"),
    "html before a pdf": (HTML + pdf(), "kind"),
    "script": (b"alert(document.cookie)", "kind"),
    "zip": (packed(), "kind"),
    "windows program": (b"MZ\x90\x00" + bytes(200), "kind"),
    "linux program": (b"\x7fELF" + bytes(200), "kind"),
    "shell": (b"#!/bin/sh\nrm -rf /\n", "kind"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "kind"),
    "tiff": (picture("TIFF"), "kind"),
    "bmp": (picture("BMP"), "kind"),
    "heic": (b"\x00\x00\x00\x18ftypheic" + bytes(100), "kind"),
    "too large": (b"\xff\xd8\xff" + bytes(21 * 1024 * 1024), "large"),
    "bomb of pixels": (png(100_000, 100_000), "pixels"),
    "bomb that fits": (png(60_000, 1_200), "pixels"),
    "gif of pixels": (picture("GIF")[:6] + struct.pack("<HH", 65535, 65535) + picture("GIF")[10:], "pixels"),
    "cut off": (picture(size=(400, 400))[:400], "broken"),
    "head alone": (b"\xff\xd8\xff\xe0", "broken"),
    "png without pixels": (png(50, 50), "broken"),
    "webp of nothing": (b"RIFF\x04\x00\x00\x00WEBP", "broken"),
    "pdf with a script": (pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "acts"),
    "pdf with a hidden script": (pdf(b"/OpenAction << /S /J#61vaScript >>"), "acts"),
    "pdf that starts a program": (pdf(b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "acts"),
    "pdf with a file inside": (pdf(b"/Names << /EmbeddedFiles 3 0 R >>"), "acts"),
}
