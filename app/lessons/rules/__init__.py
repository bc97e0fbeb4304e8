"""What studying means: for whom a module is asked, how long a text takes, when a module is studied."""

from collections.abc import Collection

AUDIENCES = ("all", "officers", "office")
WORDS_A_MINUTE = 180

_AUDIENCE_WORDS = {
    frozenset[str](): "Đọc thêm, ai muốn thì đọc",
    frozenset({"officers"}): "Cán bộ công đoàn",
    frozenset({"office"}): "Người giữ chức vụ ở nơi làm việc",
    frozenset({"officers", "office"}): "Cán bộ công đoàn và người giữ chức vụ ở nơi làm việc",
}


def audience_words(audience: Collection[str]) -> str:
    """For whom a module is asked, as its page says it."""
    return _AUDIENCE_WORDS.get(frozenset(audience), "Mọi đoàn viên")


def minutes_for(words: int) -> int:
    """How long a text takes to read, in whole minutes, at least one."""
    return max(1, -(-words // WORDS_A_MINUTE))


def is_studied(lessons: Collection[int], ticked: Collection[int]) -> bool:
    """Whether ticking lessons has made the module studied: every lesson it has today is ticked."""
    return bool(lessons) and set(lessons) <= set(ticked)
