"""A small content tree to load: two modules, three lessons, one bank of eight questions."""

from pathlib import Path

SOURCES = """[qd-08]
title = "Quy định số 08-QĐi/TW"
short = "Quy định 08"
address = "https://example.org/08"
"""

PROGRAMME = """+++
title = "Học tập và làm theo năm 2020"
year = 2020
theme = "Đoàn kết"
+++
Giới thiệu.
"""


def module(title: str, order: int, audience: str, more: str = "") -> str:
    return f'+++\ntitle = "{title}"\norder = {order}\naudience = {audience}\n{more}+++\nBản ngắn của {title}.\n'


def lesson(title: str, body: str = "Mở đầu.\n\n## Vào bài\nNội dung.\n\n## Ghi nhớ\n- Một.\n") -> str:
    return f'+++\ntitle = "{title}"\n[[sources]]\nsource = "qd-08"\nat = "Điều 1"\n+++\n{body}'


def question(n: int, right: str = "Phương án đúng", text: str = "") -> str:
    options = ["Phương án đúng", "Phương án hai", "Phương án ba"]
    lines = [f"- [{'x' if option == right else ' '}] {option} {n}" for option in options]
    head = f'## q-{n:03}\n+++\nsource = "qd-08"\nat = "Điều {n}"\nlesson = "{"mot" if n % 2 else "hai"}"\n+++\n'
    return f"{head}{text or f'Câu hỏi số {n}?'}\n\n" + "\n".join(lines) + f"\n\n> Lời giải thích kín {n}.\n\n"


def bank(*questions: str) -> str:
    return '+++\ntitle = "Nêu gương"\n+++\n\n' + "".join(questions or [question(n) for n in range(1, 9)])


def plant(root: Path) -> Path:
    """The tree below this root; returns the root."""
    put(root, "lessons/sources.toml", SOURCES)
    put(root, "lessons/2020/programme.md", PROGRAMME)
    quiz = "questions = 5\npass_mark = 3\nminutes = 20\n"
    put(root, "lessons/2020/doan-ket/module.md", module("Đoàn kết", 1, '["all"]', quiz))
    put(root, "lessons/2020/doan-ket/01-mot.md", lesson("Bài một"))
    put(root, "lessons/2020/doan-ket/02-hai.md", lesson("Bài hai"))
    put(root, "lessons/2020/neu-guong/module.md", module("Nêu gương", 2, '["officers"]'))
    put(root, "lessons/2020/neu-guong/01-ba.md", lesson("Bài ba"))
    put(root, "quizzes/2020/doan-ket.md", bank())
    return root


def put(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
