"""QR codes on a page."""

import segno
from markupsafe import Markup


def qr(address: str) -> Markup:
    """A QR code as SVG to stand in a page, with its white border; the stylesheet says how large (`lt-qr`)."""
    made = segno.make(address, error="m", micro=False)
    return Markup(made.svg_inline(border=4, light="#fff", omitsize=True, svgclass=None, lineclass=None))
