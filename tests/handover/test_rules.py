"""What a successor does first."""

from app.handover.rules import Left, first_things


def test_nothing_left_is_nothing_to_do() -> None:
    assert first_things(Left(other_readers=2)) == []


def test_records_that_nobody_else_could_open_come_before_everything() -> None:
    first, second = first_things(Left(waiting=3, oldest="thứ Ba 12/5/2020", other_readers=0))
    assert "không còn ai trong BCH mở được" in first
    assert second == "Xem 3 phiếu đang chờ BCH, gửi sớm nhất thứ Ba 12/5/2020."


def test_where_others_read_on_the_day_does_not_press() -> None:
    assert first_things(Left(waiting=1, oldest="hôm nay", other_readers=1)) == [
        "Xem 1 phiếu đang chờ BCH, gửi sớm nhất hôm nay."
    ]


def test_what_is_left_stands_in_the_order_in_which_it_presses() -> None:
    found = first_things(Left(waiting=1, oldest="hôm nay", returned=2, other_readers=1, lists=1, outside=4))
    assert [words.split()[0] for words in found] == ["Xem", "Theo", "Nạp", "Đưa"]
