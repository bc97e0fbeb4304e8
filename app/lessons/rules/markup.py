"""A lesson's Markdown as the HTML of its page: numbered sections, the three that are set apart, tables for phones."""

import re
from dataclasses import dataclass

from markupsafe import escape

from app.text import markdown

SET_APART = {"ghi nhớ": "lt-note lt-note-gold lt-prose", "nghĩ và làm": "lt-note lt-prose", "dễ nhầm": ""}

SHORT = 16  # letters of a date or a number of a document, which do not break over a line


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it, as Markdown. The opening of a lesson has no heading."""

    title: str
    source: str


def sections(source: str) -> list[Section]:
    """The lesson cut at its `##` headings; the opening, which has no title, is first and may be empty."""
    found: list[Section] = []
    title, lines, fenced = "", list[str](), False
    for line in source.split("\n"):
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            found.append(Section(title, "\n".join(lines).strip()))
            title, lines = line[3:].strip(" #"), []
        else:
            lines.append(line)
    return [*found, Section(title, "\n".join(lines).strip())]


def section_title(source: str, place: int) -> str | None:
    """The heading with number `place`, counting from 1; None where there is none."""
    titles = [section.title for section in sections(source)[1:]]
    return titles[place - 1] if 0 < place <= len(titles) else None


def short_html(source: str) -> str:
    """Bản 3 phút, which is plain paragraphs."""
    return str(markdown(source))


def lesson_html(source: str) -> str:
    """The whole lesson, sanitised. Section n has the heading `muc-n`, so that a place in it can be found again."""
    return "\n".join(_section(place, section) for place, section in enumerate(sections(source)))


def _section(place: int, section: Section) -> str:
    body = _tables(str(markdown(section.source)))
    if place == 0:
        return f'<div class="lt-prose">\n{body}</div>' if body else ""
    frame = SET_APART.get(section.title.casefold(), "lt-prose")
    html = f'<h2 id="muc-{place}">{escape(section.title)}</h2>\n{body}'
    return f'<div class="{frame}">\n{html}</div>' if frame else html


_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def _tables(html: str) -> str:
    return _TABLE.sub(lambda table: _table([_CELL.findall(row) for row in _ROW.findall(table[1])]), html)


def _table(rows: list[list[str]]) -> str:
    """A table that a phone shows as blocks, where each cell says what it is: the first names the row."""
    heads, *body = rows
    labels = [_TAG.sub("", head).replace('"', "&quot;") for head in heads]
    head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
    lines = "\n".join(f"<tr>{_row(row, labels)}</tr>" for row in body)
    return f'<table class="table lt-stack">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>'


def _row(cells: list[str], labels: list[str]) -> str:
    first, *rest = cells
    keep = ' class="lt-keep"' if len(_TAG.sub("", first)) <= SHORT else ""
    return f'<th scope="row"{keep}>{first}</th>' + "".join(
        _cell(cell, label, len(cells)) for cell, label in zip(rest, labels[1:], strict=True)
    )


def _cell(cell: str, label: str, columns: int) -> str:
    """With two columns the label would take the width of the text, so it stands before the first word instead."""
    if not cell.strip():
        return '<td class="lt-stack-hide"></td>'
    if columns == 2:
        return f'<td><span class="lt-phone-word lt-soft">{label}: </span>{cell}</td>'
    return f'<td data-label="{label}"><span>{cell}</span></td>'
