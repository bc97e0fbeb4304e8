"""What invented people wrote: small, plain deeds of their own kinds of work."""

from datetime import date

REFLECTIONS = (
    (
        "Tôi hay nói thẳng khi họp nhưng ra ngoài lại than phiền với người khác.",
        "Có gì chưa vừa ý tôi sẽ nói ngay trong buổi họp tổ.",
    ),
    ("Việc chung nhiều khi tôi đợi người khác làm trước.", "Tuần nào tôi cũng nhận một việc chung, làm xong mới về."),
    ("Tôi hứa giúp người mới mà bận quá lại quên.", "Tôi ghi vào sổ điều đã hứa và xem lại cuối tuần."),
    (
        "Có hôm tôi để giấy tờ của khách chờ lâu hơn cần thiết.",
        "Việc trong ngày tôi làm xong trong ngày, vướng thì báo lý do.",
    ),
    ("Gặp chuyện sai tôi ngại góp ý vì sợ mất lòng.", "Tôi sẽ góp ý riêng trước, nhẹ nhàng, có chuyện cụ thể."),
    ("Tôi còn để lãng phí điện, nước ở chỗ làm.", "Ra về sau cùng tôi đi một vòng tắt đèn, khóa nước."),
)
DEEDS = {
    "MSH": (
        ("Giúp một người mới vào tổ quen máy.", "Mỗi ngày 15 phút đầu ca, ngồi cạnh chỉ từng bước.", date(2020, 6, 30)),
        ("Cuối ca dọn gọn chỗ máy và lối đi chung.", "Mỗi ngày 5 phút: gom vải vụn, lau bàn.", date(2020, 6, 30)),
        ("Đổi ca giúp chị em có con nhỏ ốm.", "Mỗi tháng nhận đổi ít nhất một ca khi được hỏi.", date(2020, 12, 31)),
        ("Bớt hàng lỗi ở công đoạn của mình.", "Soát lại đường may mỗi 20 áo, ghi vào sổ tổ.", date(2020, 9, 30)),
    ),
    "BTX": (
        ("Trả lời phụ huynh trong ngày.", "Cuối buổi dạy dành 20 phút gọi lại từng người.", date(2020, 7, 31)),
        ("Dự giờ và góp ý cho một giáo viên trẻ.", "Mỗi tháng một tiết, góp ý ngay sau giờ.", date(2020, 12, 15)),
        ("Kể một mẩu chuyện về Bác trong giờ chào cờ.", "Mỗi tháng chuẩn bị một chuyện năm phút.", date(2020, 9, 2)),
    ),
    "BVT": (
        ("Chào hỏi, chỉ đường người bệnh từ cửa.", "Đầu ca đứng ở quầy 30 phút, giúp lấy số.", date(2020, 8, 31)),
        ("Dặn dò người nhà rõ ràng, chậm rãi.", "Viết lời dặn ra giấy chữ to cho người lớn tuổi.", date(2020, 10, 30)),
        ("Bàn giao ca đủ và đúng giờ.", "Đến sớm 10 phút, đi từng giường với ca trước.", date(2020, 6, 30)),
    ),
    "KSR": (
        ("Tiết kiệm nước khi giặt khăn.", "Gom đủ mẻ mới giặt, ghi số mẻ vào sổ.", date(2020, 9, 30)),
        ("Kèm một bạn phụ bếp mới.", "Mỗi ca chỉ một món, cho làm thử ngay.", date(2020, 7, 31)),
    ),
    "VTA": (
        ("Kiểm tra xe kỹ trước khi chạy.", "Theo bảng 10 mục, ký vào sổ mỗi sáng.", date(2020, 6, 30)),
        ("Không dùng điện thoại khi lái.", "Để máy trong hộp, dừng xe mới gọi lại.", date(2020, 12, 31)),
    ),
    "CNT": (
        ("Báo chỗ rò nước trong ngày.", "Thấy là chụp ảnh, gửi tổ trực ngay.", date(2020, 12, 31)),
        ("Hẹn giờ nào, đến nhà dân giờ ấy.", "Gọi trước 30 phút, trễ thì xin lỗi và báo lại.", date(2020, 8, 31)),
    ),
    "UBP": (
        ("Niêm yết rõ giấy tờ cần mang theo.", "Viết lại bảng chữ to, nhờ một người dân đọc thử.", date(2020, 5, 30)),
        ("Trả hồ sơ đúng hẹn.", "Cuối ngày soát sổ hẹn, trễ thì gọi báo dân.", date(2020, 9, 30)),
    ),
    "NSV": (
        ("Giúp khách lớn tuổi tìm sách.", "Thấy là ra hỏi, ghi tựa sách giúp.", date(2020, 8, 31)),
        ("Đọc một cuốn sách về Bác rồi kể lại.", "Mỗi tuần 20 trang, kể trong buổi họp tổ.", date(2020, 9, 2)),
    ),
}
COMMENTS = (
    "Việc rất thiết thực. Anh/chị ghi thêm làm vào lúc nào trong tuần để dễ theo dõi nhé.",
    "Anh/chị cho biết ai cùng làm được không, để BCH giúp một tay.",
    "Nên chọn ngày xong sớm hơn một chút, việc này làm được ngay.",
)
