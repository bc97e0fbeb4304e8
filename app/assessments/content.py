"""The questions of `Liên hệ bản thân`, by year."""

from app.assessments.rules import KIND
from app.records.actions import FormText, define_form
from app.records.rules import Section


def install_forms(year: int) -> None:
    """The form of this year; nothing changes where it is there already. Inside the caller's `writing()`."""
    define_form(KIND, year, form_text(year), ["all"])


def form_text(year: int) -> FormText:
    """After plan 08/KH-LĐLĐ of 18/3/2020, III.2: having studied, each relates it to themselves and says what they will
    strive for; what to look at is from II.3."""
    return FormText(
        title=f"Liên hệ bản thân năm {year}",
        intro="Sau khi học, anh/chị soi lại việc hằng ngày của mình. Viết ngắn, viết thật; không cần văn hay.",
        signed="Người viết",
        sections=(
            Section(
                "thought", "Điều tôi nhớ nhất sau khi học", "Một ý, một câu chuyện hay một câu nói của Bác.", rows=3
            ),
            Section(
                "done",
                "Việc tôi đã làm được",
                "Trong công việc và sinh hoạt: tận tụy, có trách nhiệm, nói đi đôi với làm, giúp anh chị em trong tổ.",
            ),
            Section(
                "mend",
                "Điều tôi thấy mình cần sửa",
                "Chỉ viết điều mình muốn viết. Để trống cũng được.",
                required=False,
            ),
            Section(
                "aim",
                "Hướng phấn đấu của tôi",
                f"Từ nay đến hết năm {year}: việc cụ thể, vừa sức, để làm theo Bác.",
            ),
        ),
    )
