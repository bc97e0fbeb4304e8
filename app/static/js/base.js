/* What every page gains from a script; without it nothing is missing but comfort. */
(function () {
  "use strict";
  document.documentElement.classList.add("js");

  /* A refused form: reading begins at the list of what to mend. */
  var refused = document.querySelector(".lt-errors");
  if (refused) refused.focus();

  /* "Hiện": the password as typed. Sent hidden again, so that no browser keeps it among typed words. */
  Array.prototype.forEach.call(document.querySelectorAll("button[data-shows]"), function (button) {
    var input = document.getElementById(button.getAttribute("data-shows"));
    function show(open) {
      input.type = open ? "text" : "password";
      button.firstChild.data = open ? "Ẩn" : "Hiện";
    }
    button.addEventListener("click", function () {
      show(input.type === "password");
    });
    input.form.addEventListener("submit", function () {
      show(false);
    });
  });

  /* "In…": the browser's own print. */
  Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
    button.addEventListener("click", function () {
      window.print();
    });
  });

  /* A machine that others use too (data-shared: where signing in begins anew): nothing is kept here, what others left
     is gone, a page that the browser kept is asked for again, and after 15 minutes without a hand on it no text stays
     on the screen. draft.js has saved by then what was typed. */
  var shared = document.documentElement.getAttribute("data-shared");
  if (shared) {
    var idle = null;
    var rest = function () {
      window.clearTimeout(idle);
      idle = window.setTimeout(function () {
        window.location.replace(shared);
      }, 15 * 60 * 1000 + 5000);
    };
    try {
      window.localStorage.clear();
      window.sessionStorage.clear();
    } catch (unavailable) {
      /* nothing is kept there then */
    }
    ["pointerdown", "keydown", "scroll"].forEach(function (name) {
      document.addEventListener(name, rest, { passive: true });
    });
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) window.location.reload();
    });
    rest();
  }
  /* "Chép": the text of a box goes to where it can be pasted; the button says so. */
  Array.prototype.forEach.call(document.querySelectorAll("button[data-copies]"), function (button) {
    var box = document.getElementById(button.getAttribute("data-copies"));
    var words = button.textContent;
    button.addEventListener("click", function () {
      box.focus();
      box.select();
      button.textContent = document.execCommand("copy") ? "Đã chép" : "Chưa chép được: giữ vào chữ trong ô rồi chọn Chép";
    });
    box.addEventListener("input", function () {
      button.textContent = words;
    });
  });

  /* "Thoát": nothing that was kept for its owner stays for the next person on this machine. */
  Array.prototype.forEach.call(document.querySelectorAll("form[data-leaves]"), function (form) {
    form.addEventListener("submit", function () {
      try {
        window.localStorage.clear();
      } catch (unavailable) {
        /* a browser that keeps nothing has nothing to clear */
      }
    });
  });

  /* What was typed and never arrived (shelf.js) is kept a week. */
  try {
    Object.keys(window.localStorage).forEach(function (key) {
      if (key.indexOf("lt-nhap:") !== 0) return;
      if (Date.now() - JSON.parse(window.localStorage.getItem(key)).at > 7 * 24 * 3600 * 1000) window.localStorage.removeItem(key);
    });
  } catch (unavailable) {
    /* nothing is kept there then */
  }
})();
