"""`Đăng ký việc làm theo` of members and `Bản cam kết` of officers: both are records, of two kinds."""
