"""What a rule says when it refuses: facts and kind words, no HTTP."""

from typing import Any, ClassVar, Literal

Kind = Literal["refused", "conflict", "closed", "missing", "invalid", "too_many"]


class RuleBroken(Exception):
    """A rule of the domain refused.

    Subclasses say in Vietnamese what happened and what to do next (`words`, formatted with the facts) and of which
    `kind` the refusal is; `app.web.errors` makes the page and the status of it. Facts never hold private texts.
    """

    kind: ClassVar[Kind] = "refused"
    words: ClassVar[str] = "Việc này chưa làm được."

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.words.format(**facts))


class NotThere(RuleBroken):
    """A row that does not exist, or lies outside what this person may reach: the two are never told apart."""

    kind = "missing"
    words = "Không có trang này."
