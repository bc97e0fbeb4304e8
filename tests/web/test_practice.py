"""The practice ground: a real site leads there, and says nothing of the kind about itself."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader

from app.documents import pdf

TEXTS = {"unit": "CĐCS May Sen Hồng", "name": "Hòa", "member": "MSH-0004-1", "until": "1/2/2020", "code": "1-2-3-4"}


@pytest.fixture
def as_site(one_app: Flask) -> Iterator[Flask]:
    kept = one_app.extensions["settings"]
    yield one_app
    one_app.extensions["settings"] = kept


def test_a_site_with_a_practice_ground_leads_to_it(as_site: Flask) -> None:
    assert "Sân tập" not in as_site.test_client().get("/dang-nhap").text
    settings = replace(as_site.extensions["settings"], practice_url="https://santap.example.vn")
    as_site.extensions["settings"] = settings
    page = as_site.test_client().get("/dang-nhap").text
    assert '<a href="https://santap.example.vn"' in page
    assert "người và số liệu ở đây là giả" not in page


@pytest.mark.parametrize("mode", ["demo", "production"])
def test_the_documents_of_a_demo_alone_are_marked(as_site: Flask, mode: str) -> None:
    as_site.extensions["settings"] = replace(as_site.extensions["settings"], mode=mode)
    with as_site.app_context():
        slips = [TEXTS | {"qr": pdf.qr("https://lamtheo.example.vn")}]
        made = pdf.render("accounts/typst/slips.typ", {"title": "Phiếu", "site": "lamtheo.example.vn", "slips": slips})
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
    assert ("SÂN TẬP" in words) == (mode == "demo")
