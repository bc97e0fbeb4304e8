"""Fifty files that are not what they say, or say too much: (what it is, what makes its bytes, which word refuses)."""

import io
import zipfile
from collections.abc import Callable, Mapping

from tests.rosters.sheets import csv, people, xlsx

GOOD = people(("Vũ Thị Sáu", "May 3", "", "0900000006"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
XML = '<?xml version="1.0" encoding="UTF-8"?>'


def parts(data: bytes = GOOD) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(inside: Mapping[str, bytes], **more: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in inside.items():
            book.writestr(name, part)
        for name, part in more.items():
            book.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return kept.getvalue()


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    inside = parts()
    inside[name] = change(inside[name])
    return packed(inside)


SHEET = "xl/worksheets/sheet1.xml"


def declaring(entity: str, use: str) -> bytes:
    def change(part: bytes) -> bytes:
        head, _, body = part.partition(b"?>")
        return head + b"?>" + entity.encode() + body.replace(b"<sheetData>", b"<sheetData>" + use.encode(), 1)

    return changed(SHEET, change)


def laughs() -> str:
    lines = ['<!ENTITY a0 "ha">'] + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return f"<!DOCTYPE sheet [{''.join(lines)}]>"


def locked() -> bytes:
    """A part that is marked as locked with a password."""
    data = bytearray(GOOD)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(sign)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(sign, place + 4)
    return bytes(data)


def ending(rows: str, after: str = "") -> bytes:
    """The good sheet with more rows, and something after them."""
    end = f"{rows}</sheetData>{after}".encode()
    return changed(SHEET, lambda part: part.replace(b"</sheetData>", end))


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
FORMULA = '<row r="9"><c r="B9"><f>A2&amp;A3</f></c></row>'
LONG = "".join(f'<row r="{n}"><c r="B{n}"><v>1</v></c></row>' for n in range(9, 9_000))
JOINED = "<mergeCells>" + '<mergeCell ref="B2:B8999"/>' * 100_000 + "</mergeCells>"


def lying() -> bytes:
    """A part that says that it is small and is not."""
    data = bytearray(packed(parts(), xl__media__a_dot_bin=b"\0" * 90_000_000))
    place = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/media/a.bin"))
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def nested() -> bytes:
    inner = packed({"a.bin": b"\0" * 1_000_000})
    return packed(parts(), **{f"xl__media__{n}_dot_bin": b"\0" * 9_000_000 + inner for n in range(10)})


def calling_itself(words: bytes) -> bytes:
    plain = b"openxmlformats-officedocument.spreadsheetml.sheet.main"
    return changed("[Content_Types].xml", lambda part: part.replace(plain, words))


HEADS = ("STT", "Họ và tên", "SĐT")
HIDDEN = xlsx([("Ghi chú",)], more={"Ẩn": [HEADS, (1, "Sáu", "")]}, hidden=("Ẩn",))
ODS = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<o/>"}
READS_A_FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
TCVN3 = "STT,Hä vµ tªn,S§T\n1,NguyÔn V¨n H¶i,1\n2,TrÇn ThÞ Hång,2\n3,Lª Minh,3\n"
VNI = "STT,Họ và tên,SĐT\n1,Nguyeãn Vaên Haûi,\n2,Traàn Thò Hoàng,\n3,Leâ Minh Ñöùc,\n"
LOST = "STT,Ho ten,SDT\n1,Nguy?n V?n H?i,\n2,Tr?n Th? H?ng,\n3,Lê Minh,\n"
MANGLED = [(n, "Nguyễn Văn Hải".encode().decode("cp1252", "replace"), "") for n in range(3)]
OF_2003 = f'{XML}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
WEB = "<html><table><tr><td>Họ và tên</td></tr></table></html>"
UNCLOSED = 'STT,Họ và tên,SĐT\n1,"Vũ Thị Sáu,\n' + "2,x,y\n" * 500
TOO_MANY = [HEADS, *((n, "Vũ Thị Sáu", "") for n in range(40_000))]
TOO_WIDE = [HEADS + ("c",) * 500, (1, "Sáu", "", *("x",) * 500)]

FILES: list[tuple[str, Callable[[], bytes], str]] = [
    ("nothing but spaces", lambda: b" \r\n\t\r\n", "empty"),
    ("a byte-order mark and nothing", lambda: b"\xef\xbb\xbf", "empty"),
    ("an empty workbook", lambda: xlsx([]), "empty"),
    ("headings and nobody", lambda: xlsx([HEADS]), "no_rows"),
    ("headings, a sum and a signature", lambda: xlsx([HEADS, ("", "Tổng cộng: 0"), ("", "CHỦ TỊCH")]), "no_rows"),
    ("people without headings", lambda: xlsx([(1, "Vũ Thị Sáu", "0900000006"), (2, "Vũ Thị Bảy", "")]), "no_header"),
    ("a list of something else", lambda: csv([("Mặt hàng", "Giá"), ("Áo", "100")]), "no_header"),
    ("only a hidden sheet has the list", lambda: HIDDEN, "no_header"),
    ("a PDF called .xlsx", lambda: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj", "pdf"),
    ("a picture called .xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture"),
    ("a photograph called .xls", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF" + b"\0" * 100, "picture"),
    ("a program called .xlsx", lambda: b"MZ\x90\0" + b"\0" * 200, "strange"),
    ("a Word document", lambda: packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "word"),
    ("a Word text in RTF", lambda: b"{\\rtf1\\ansi Danh s\\'e1ch}", "word"),
    ("a zip of files", lambda: packed({"danh-sach.xlsx": GOOD}), "archive"),
    ("a rar of files", lambda: b"Rar!\x1a\x07\x01\0" + b"\0" * 50, "archive"),
    ("a web page called .xls", lambda: WEB.encode(), "html"),
    ("a web page in one file", lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n", "html"),
    ("a sheet in XML of 2003", lambda: OF_2003.encode(), "html"),
    ("a LibreOffice sheet", lambda: packed(ODS), "ods"),
    ("a Numbers sheet", lambda: packed({"Index/Document.iwa": b"\0", "Metadata/Properties.plist": b"x"}), "numbers"),
    ("a binary workbook", lambda: packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\0"}), "xlsb"),
    ("a workbook with macros", lambda: packed(parts(), xl__vbaProject_dot_bin=b"\0" * 50), "macro"),
    ("macros by their type alone", lambda: calling_itself(b"ms-excel.sheet.macroEnabled.main"), "macro"),
    ("macros of Excel 4", lambda: packed(parts(), xl__macrosheets__sheet1_dot_xml=b"<m/>"), "macro"),
    ("an old workbook with macros", lambda: OLE + "_VBA_PROJECT".encode("utf-16-le"), "macro"),
    ("a workbook with a password", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ("parts with a password", lambda: locked(), "encrypted"),
    ("an old workbook cut off", lambda: OLE, "broken"),
    ("a workbook cut off", lambda: GOOD[: len(GOOD) // 2], "broken"),
    ("a workbook with a broken part", lambda: GOOD[:700] + bytes([GOOD[700] ^ 255]) + GOOD[701:], "broken"),
    ("a sheet that ends in the middle", lambda: changed(SHEET, lambda part: part[: len(part) // 2]), "broken"),
    ("a sheet that is no XML", lambda: changed(SHEET, lambda part: part.replace(b"</row>", b"</rot>")), "broken"),
    ("a workbook that unpacks to 100 MB", lambda: packed(parts(), xl__media__a_dot_bin=b"\0" * 100_000_000), "bomb"),
    ("ten parts that unpack to 90 MB", lambda: nested(), "bomb"),
    ("a part that lies about its size", lambda: lying(), "broken"),
    ("three thousand parts", lambda: packed(parts(), **{f"xl__media__{n}_dot_bin": b"" for n in range(3_000)}), "bomb"),
    ("entities that grow", lambda: declaring(laughs(), "<row><c><v>&a9;</v></c></row>"), "entities"),
    ("an entity that reads a file", lambda: declaring(READS_A_FILE, "&f;"), "entities"),
    ("a cell at the far end", lambda: ending(FAR), "heavy rows columns"),
    ("twenty thousand rows too many", lambda: csv(TOO_MANY), "rows"),
    ("five hundred columns", lambda: csv(TOO_WIDE), "columns"),
    ("joined cells without end", lambda: ending(LONG, JOINED), "heavy"),
    ("formulas without results", lambda: ending(FORMULA), "formulas"),
    ("a quotation mark that never ends", lambda: UNCLOSED.encode(), "quotes"),
    ("text with a NUL in it", lambda: "STT,Họ và tên,SĐT\n1,Vũ\0Thị Sáu,\n".encode(), "strange"),
    ("noise", lambda: bytes(range(1, 256)) * 40, "strange"),
    ("an old font, TCVN3", lambda: TCVN3.encode("cp1252"), "old_font"),
    ("an old font, VNI", lambda: VNI.encode(), "old_font"),
    ("UTF-8 taken for Windows-1252", lambda: xlsx([HEADS, *MANGLED]), "wrong_encoding"),
    ("marks lost as question marks", lambda: LOST.encode(), "lost_letters"),
    ("larger than five megabytes", lambda: b"Ho ten\n" + b"Vu Thi Sau\n" * 500_000, "large"),
]
