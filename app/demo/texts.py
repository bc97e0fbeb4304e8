"""What invented people wrote. Small, plain deeds of real kinds of work; no two units share a text."""

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
DEEDS = (
    ("Giúp một người mới vào tổ quen việc.", "Mỗi ngày 15 phút đầu ca, ngồi cạnh chỉ từng bước.", date(2020, 6, 30)),
    (
        "Cuối ca dọn gọn chỗ máy của mình và lối đi chung.",
        "Mỗi ngày 5 phút trước khi tắt máy, gom vải vụn, lau bàn.",
        date(2020, 6, 30),
    ),
    ("Trả lời phụ huynh trong ngày.", "Cuối buổi dạy dành 20 phút gọi lại từng người.", date(2020, 7, 31)),
    (
        "Chào hỏi, hướng dẫn người bệnh ngay từ cửa.",
        "Đầu ca đứng ở quầy 30 phút, chỉ đường, giúp lấy số.",
        date(2020, 8, 31),
    ),
    ("Tiết kiệm nước khi giặt khăn.", "Gom đủ mẻ mới giặt, ghi số mẻ vào sổ.", date(2020, 9, 30)),
    ("Kiểm tra xe kỹ trước khi chạy.", "Theo bảng 10 mục, ký vào sổ mỗi sáng.", date(2020, 6, 30)),
    ("Đổi ca giúp đồng nghiệp có con nhỏ ốm.", "Mỗi tháng nhận đổi ít nhất một ca khi được hỏi.", date(2020, 12, 31)),
    (
        "Niêm yết rõ giấy tờ cần mang theo.",
        "Viết lại bảng hướng dẫn chữ to, nhờ một người dân đọc thử.",
        date(2020, 5, 30),
    ),
    (
        "Đọc một cuốn sách về Bác rồi kể lại trong buổi chào cờ.",
        "Mỗi tuần đọc 20 trang, kể trong 5 phút.",
        date(2020, 9, 2),
    ),
    ("Đi làm đúng giờ cả quý.", "Đặt báo thức sớm hơn 15 phút, đi cùng xe với chị trong tổ.", date(2020, 8, 19)),
)
COMMENTS = (
    "Việc rất thiết thực. Anh/chị ghi thêm làm vào lúc nào trong tuần để dễ theo dõi nhé.",
    "Anh/chị cho biết ai cùng làm được không, để BCH giúp một tay.",
    "Nên chọn ngày xong sớm hơn một chút, việc này làm được ngay.",
)
