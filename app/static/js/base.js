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
