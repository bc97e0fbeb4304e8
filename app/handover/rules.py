"""What a successor does first."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Left:
    """What is open when an officer leaves: records that wait for a decision and since when, of how many an addition was
    asked, how many others of the committee can open them, lists being loaded, members who have not been in yet."""

    waiting: int = 0
    oldest: str = ""
    returned: int = 0
    other_readers: int = 0
    lists: int = 0
    outside: int = 0


def first_things(left: Left) -> list[str]:
    """In the order in which they press."""
    found = []
    if left.waiting + left.returned and not left.other_readers:
        found.append(
            "Giao nhiệm vụ cho người nhận trước ngày bên giao thôi: "
            "từ ngày ấy không còn ai trong BCH mở được các phiếu đã gửi."
        )
    if left.waiting:
        found.append(f"Xem {left.waiting} phiếu đang chờ BCH, gửi sớm nhất {left.oldest}.")
    if left.returned:
        found.append(f"Theo dõi {left.returned} phiếu đã đề nghị bổ sung.")
    if left.lists:
        found.append(f"Nạp xong hoặc bỏ {left.lists} danh sách đang nạp dở: danh sách ấy chỉ người nạp mở được.")
    if left.outside:
        found.append(f"Đưa phiếu kích hoạt cho {left.outside} đoàn viên chưa vào lần nào.")
    return found
