"""What is said of a file that is not read, and what to do about it: one plain sentence or two, no names."""

SAVE = "Anh/chị mở tệp bằng Excel, chọn Lưu dưới dạng (Save As), kiểu “Excel Workbook (.xlsx)”, rồi nạp tệp mới."

REFUSED = {
    "large": "Tệp lớn quá 5 MB. Anh/chị chỉ giữ lại trang tính có danh sách, bỏ hình ảnh, rồi nạp lại.",
    "empty": "Tệp trống. Anh/chị xem lại có chọn đúng tệp không.",
    "no_rows": "Tệp có dòng tiêu đề nhưng dưới đó chưa có dòng nào. Anh/chị xem lại có chọn đúng tệp không.",
    "no_header": "Không thấy dòng tiêu đề có cột “{column}”. Anh/chị đặt tên cột ở ngay trên danh sách, "
    "hoặc chép danh sách vào tệp mẫu, rồi nạp lại.",
    "pdf": "Đây là tệp PDF. Danh sách cần ở tệp Excel (.xlsx) hoặc CSV.",
    "word": "Đây không phải tệp Excel. Anh/chị chép bảng sang Excel, lưu thành .xlsx, rồi nạp lại.",
    "picture": "Đây là tệp hình. Danh sách cần ở tệp Excel (.xlsx) hoặc CSV.",
    "archive": "Đây là tệp nén, không phải tệp Excel. Anh/chị giải nén rồi nạp tệp Excel bên trong.",
    "html": "Tệp này mang tên Excel nhưng bên trong là trang web. " + SAVE,
    "ods": "Đây là tệp LibreOffice (.ods). Anh/chị chọn Lưu thành, kiểu “Excel 2007-365 (.xlsx)”, rồi nạp tệp mới.",
    "numbers": "Đây là tệp Numbers. Anh/chị xuất sang Excel (.xlsx) rồi nạp tệp mới.",
    "xlsb": "Đây là tệp Excel nhị phân (.xlsb). " + SAVE,
    "macro": "Tệp có macro nên không nhận. " + SAVE,
    "encrypted": "Tệp có mật khẩu nên không mở được. Anh/chị gỡ mật khẩu, lưu lại, rồi nạp lại.",
    "broken": "Tệp hỏng hoặc tải lên chưa trọn. " + SAVE,
    "bomb": "Tệp bung ra quá lớn nên không nhận. Anh/chị chép danh sách sang một tệp Excel mới rồi nạp lại.",
    "entities": "Tệp có phần khai báo lạ nên không nhận. Anh/chị chép danh sách sang một tệp Excel mới rồi nạp lại.",
    "strange": "Tệp không phải bảng tính, hoặc có ký tự không đọc được. " + SAVE,
    "rows": "Tệp có quá 20.000 dòng, hoặc có ô ghi ở rất xa bên dưới. "
    "Anh/chị xóa các dòng thừa dưới danh sách, hoặc chia danh sách làm nhiều tệp, rồi nạp lại.",
    "columns": "Tệp có quá 60 cột. Anh/chị chỉ giữ các cột cần nạp, rồi nạp lại.",
    "heavy": "Tệp quá nặng nên không đọc được. Anh/chị chép danh sách sang một tệp Excel mới rồi nạp lại.",
    "slow": "Đọc tệp lâu quá nên đã dừng. Anh/chị chép danh sách sang một tệp Excel mới rồi nạp lại.",
    "quotes": "Tệp CSV có dấu ngoặc kép mở mà không đóng, nên không biết dòng kết thúc ở đâu. " + SAVE,
    "formulas": "Tệp có ô công thức chưa được tính. Anh/chị mở tệp bằng Excel, bấm Lưu, rồi nạp lại.",
    "old_font": "Danh sách gõ bằng phông chữ cũ (TCVN3 như .VnTime, hoặc VNI như VNI-Times). Anh/chị dùng Unikey, mục "
    "“Chuyển mã”, đổi sang Unicode, rồi nạp lại; hoặc gõ lại bằng phông Times New Roman.",
    "wrong_encoding": "Chữ trong tệp bị lưu sai bảng mã nên tên đọc không ra. Anh/chị mở tệp Excel gốc, chọn Lưu dưới "
    "dạng, kiểu .xlsx (hoặc “CSV UTF-8”), rồi nạp lại.",
    "lost_letters": "Khi lưu, chữ có dấu đã bị đổi thành dấu hỏi (?), không lấy lại được từ tệp này. Anh/chị mở tệp "
    "Excel gốc, chọn Lưu dưới dạng, kiểu .xlsx (hoặc “CSV UTF-8”), rồi nạp lại.",
    "trouble": "Chưa đọc được tệp này. Anh/chị chép danh sách sang tệp mẫu rồi nạp lại.",
}
