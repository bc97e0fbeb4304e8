"""Refusals and faults as pages in kind Vietnamese words."""

from dataclasses import dataclass

from flask import Flask, current_app, g, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.refusal import RuleBroken

STATUS = {"refused": 403, "conflict": 409, "closed": 409, "missing": 404, "invalid": 400, "too_many": 429}


@dataclass(frozen=True)
class Trouble:
    """What an error page shows: a title, what happened and what to do."""

    code: int
    title: str
    words: str


PAGES = {
    400: Trouble(400, "Trang này chưa nhận được điều anh/chị gửi", "Anh/chị quay lại trang trước và gửi lại."),
    403: Trouble(
        403,
        "Trang này không thuộc phần việc của anh/chị",
        "Nếu anh/chị cần xem, xin hỏi BCH công đoàn nơi mình làm việc.",
    ),
    404: Trouble(
        404,
        "Không có trang này",
        "Hoặc trang này không dành cho anh/chị. Đường dẫn trong Zalo đôi khi bị cắt mất đoạn cuối, "
        "anh/chị thử bấm lại đường dẫn gốc.",
    ),
    405: Trouble(405, "Trang này không mở theo cách ấy", "Anh/chị quay lại trang trước và bấm nút trên trang."),
    409: Trouble(409, "Chưa làm được việc này", "Có thay đổi từ nơi khác. Anh/chị tải lại trang rồi xem tiếp."),
    413: Trouble(413, "Nội dung gửi lên quá dài", "Anh/chị rút gọn rồi gửi lại."),
    429: Trouble(429, "Đang có nhiều lượt quá", "Anh/chị chờ một phút rồi thử lại."),
    500: Trouble(500, "Có trục trặc phía máy chủ", "Không phải do anh/chị. Xin thử lại sau ít phút."),
}
CSRF = Trouble(
    400,
    "Phiên làm việc đã thay đổi",
    "Anh/chị bấm quay lại, tải lại trang rồi gửi lại. Nếu vừa đăng nhập ở cửa sổ khác thì việc này là bình thường.",
)


def init_app(app: Flask) -> None:
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def page(trouble: Trouble) -> tuple[str, int]:
    """The page of this trouble. What it is drawn with may be what fails, the database or the address of the site: then
    it is a bare one, which asks nothing."""
    try:
        return render_template("errors/trouble.html", trouble=trouble), trouble.code
    except Exception as error:
        current_app.logger.error("fault %s at %s", type(error).__name__, _frames(error))
        g.nobody = True
        static = current_app.static_url_path
        return render_template("errors/bare.html", trouble=trouble, static=static), trouble.code


def _rule_broken(error: RuleBroken) -> tuple[str, int]:
    code = STATUS[error.kind]
    if error.kind == "missing":
        return page(PAGES[404])
    return page(Trouble(code, PAGES[409].title if code == 409 else "Chưa làm được việc này", str(error)))


def _csrf(error: CSRFError) -> tuple[str, int]:
    return page(CSRF)


def _http(error: HTTPException) -> tuple[str, int, dict[str, str]] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    known = PAGES.get(error.code) or Trouble(error.code, "Chưa mở được trang này", "Anh/chị thử lại sau ít phút.")
    return *page(known), {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}


def _fault(error: Exception) -> tuple[str, int]:
    """An error nobody foresaw: its place goes to the log, never what a form held."""
    if current_app.testing and not current_app.config.get("SHOW_FAULTS"):
        raise error
    current_app.logger.error("fault %s at %s", type(error).__name__, _frames(error))
    g.nobody = True  # this page asks the database nothing: it may be the database that failed
    return page(PAGES[InternalServerError.code])


def _frames(error: BaseException) -> str:
    places, trace = [], error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " < ".join(reversed(places[-6:]))
