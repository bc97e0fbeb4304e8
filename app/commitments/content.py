"""The forms of the year: a member's deeds, an officer's commitment."""

from app.commitments.rules import COMMITMENT, PLEDGE
from app.records.actions import FormText, define_form
from app.records.rules import Section


def install_forms(year: int) -> None:
    """The forms of this year; nothing changes where they are there already. Inside the caller's `writing()`."""
    define_form(COMMITMENT, year, commitment_text(year), ["all"])
    define_form(PLEDGE, year, pledge_text(year), ["officers"])


def commitment_text(year: int) -> FormText:
    return FormText(
        title=f"Đăng ký việc làm theo năm {year}",
        intro="Công đoàn vận động anh/chị đăng ký một việc làm theo. Việc này tự nguyện; không đăng ký cũng không ảnh "
        "hưởng đến quyền lợi đoàn viên, lương, thưởng hay hợp đồng.",
        signed="Người đăng ký",
        sections=(Section("deeds", "Việc làm theo", type="deeds"),),
    )


def pledge_text(year: int) -> FormText:
    """The sections customary in such a commitment, without those of Party members; what each looks at is from plan
    08/KH-LĐLĐ of 18/3/2020, II.3."""
    return FormText(
        title=f"Bản cam kết tu dưỡng, rèn luyện, phấn đấu năm {year}",
        intro="Bản cam kết của cán bộ công đoàn. Viết cụ thể, thiết thực, việc nào cuối năm cũng đối chiếu được. "
        "Viết dần cũng được, bản nháp chỉ một mình anh/chị thấy.",
        signed="Người cam kết",
        sections=(
            Section(
                "thought",
                "I. Tư tưởng chính trị",
                "Học tập, giữ vững lập trường; tuyên truyền chủ đề năm tới đoàn viên, người lao động.",
            ),
            Section(
                "conduct",
                "II. Đạo đức, lối sống",
                "Trung thực, thẳng thắn, nói đi đôi với làm; phòng, chống những biểu hiện suy thoái mà Nghị quyết "
                "Trung ương 4 khóa XII đã nêu.",
            ),
            Section(
                "unity",
                "III. Tự phê bình, phê bình; giữ gìn đoàn kết nội bộ",
                "Gắn với chủ đề năm về đại đoàn kết; tránh kéo bè, kéo cánh, cục bộ.",
            ),
            Section(
                "order",
                "IV. Ý thức tổ chức kỷ luật; tác phong, lề lối làm việc; phục vụ Nhân dân",
                "Tận tụy, trách nhiệm với đoàn viên, người lao động; không quan liêu, hách dịch; ứng xử có văn hóa.",
            ),
            Section(
                "duty",
                "V. Thực hiện nhiệm vụ được giao",
                "Mỗi dòng một chỉ tiêu: việc, sản phẩm, thời hạn, đo bằng gì.",
                rows=6,
            ),
            Section(
                "deeds",
                f"VI. Việc làm theo Bác năm {year}",
                "Một đến ba việc theo chủ đề năm, làm được thật. Ghi rõ minh chứng: nhìn vào đâu thì biết việc đã làm.",
                type="deeds",
            ),
            Section(
                "mend",
                f"VII. Khắc phục hạn chế sau kiểm điểm năm {year - 1}",
                "Mỗi dòng một hạn chế: biện pháp, thời hạn. Không có thì để trống.",
                required=False,
            ),
            Section(
                "example",
                "VIII. Nêu gương",
                "Việc anh/chị tự làm trước để anh chị em làm theo.",
                required=False,
            ),
        ),
    )
