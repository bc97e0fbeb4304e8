"""PDF/A-2b, set by Typst in a Times-like face that holds every Vietnamese letter, the same on every machine."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from flask import current_app, has_app_context

APP = Path(__file__).resolve().parent.parent
FONTS = Path(__file__).resolve().parent / "fonts"


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The document that this template makes of the data, as a PDF. `template` is a path below `app/`; it takes `data`,
    anything JSON can hold, from `/documents/typst/letterhead.typ`. What people wrote is text there, never code. What a
    demo makes says on every page that it is no document."""
    return typst.compile(
        str(APP / template),
        root=str(APP),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(dict(data) | {"practice": _practice()}, ensure_ascii=False)},
        format="pdf",
        pdf_standards="a-2b",
    )


def _practice() -> bool:
    return has_app_context() and current_app.extensions["settings"].mode == "demo"


def qr(address: str) -> str:
    """A QR code of the address as SVG, without a border: for `qr` of the letterhead."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
