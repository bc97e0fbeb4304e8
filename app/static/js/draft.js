/* Keeps the draft of a form that names its address in data-draft, and says when. One save is under way at a time and
   is repeated as it was until the server has answered, so that a lost answer is never taken for another writer. What
   could not be kept lies in this browser until it is; a form without data-draft-key keeps nothing here. Without this
   script the button "Lưu nháp" does the same. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-draft]");
  if (!form || !window.fetch || !window.URLSearchParams || !window.FormData) return;

  var url = form.getAttribute("data-draft");
  var shelf = form.getAttribute("data-draft-key") ? "lt-nhap:" + form.getAttribute("data-draft-key") : null;
  var saved = form.querySelector("[data-draft-saved]");
  var wait = form.querySelector("[data-draft-wait]");
  var WEEK = 7 * 24 * 3600 * 1000;
  var PAUSE = 1500;
  var AGAIN = 8000;
  var kept = texts();
  var underWay = null;
  var timer = null;
  var stopped = false;
  var pressed = null;
  var resume = null;

  function fields() {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name.indexOf("muc_") === 0;
    });
  }

  function texts() {
    var found = {};
    fields().forEach(function (field) {
      found[field.name] = field.value;
    });
    return JSON.stringify(found);
  }

  function show(words) {
    saved.hidden = !!words || !form.querySelector("[data-draft-at]").textContent;
    wait.hidden = !words;
    if (words) form.querySelector("[data-draft-words]").textContent = words;
  }

  /* The states of the record that this text goes on from: the page's own, or the one after the save under way. */
  function goesOn() {
    var seq = Number(form.elements.seq.value);
    var lock = form.elements.lock.value + "/";
    return underWay ? [lock + seq, lock + (seq + 1)] : [lock + seq];
  }

  /* --- this browser's shelf: private mode or a full disk may refuse it --- */
  function putAway(sent) {
    try {
      if (shelf) localStorage.setItem(shelf, JSON.stringify({ at: Date.now(), goesOn: goesOn(), texts: texts(), sent: !!sent }));
      return !!shelf;
    } catch (error) {
      return false;
    }
  }

  function clear() {
    try {
      if (shelf) localStorage.removeItem(shelf);
    } catch (error) {
      return;
    }
  }

  function takeUp() {
    var found = null;
    try {
      found = shelf && JSON.parse(localStorage.getItem(shelf));
    } catch (error) {
      found = null;
    }
    if (!found) return;
    if (Date.now() - found.at > WEEK || found.goesOn.indexOf(goesOn()[0]) < 0) {
      clear();
      return;
    }
    var before = JSON.parse(found.texts);
    fields().forEach(function (field) {
      if (typeof before[field.name] === "string") field.value = before[field.name];
    });
    if (texts() !== kept) show("Đã lấy lại phần viết lúc mất mạng, đang lưu.");
    soon(0);
  }

  /* --- saving --- */
  function soon(pause) {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function save() {
    if (stopped) return;
    if (!underWay) {
      if (texts() === kept) return;
      underWay = { body: new URLSearchParams(new FormData(form)).toString(), texts: texts(), flying: false };
    }
    if (underWay.flying) return;
    underWay.flying = true;
    send(underWay.body, false).then(answered, missed);
  }

  function send(body, last) {
    return fetch(url, {
      method: "POST",
      credentials: "same-origin",
      keepalive: last,
      redirect: "error",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-CSRFToken": form.elements.csrf_token.value
      },
      body: body
    });
  }

  function answered(response) {
    var json = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
    if (!json) {
      missed();
      return;
    }
    response.json().then(function (said) {
      if (response.ok) done(said);
      else refused(said, response.status);
    }, missed);
  }

  function done(said) {
    kept = underWay.texts;
    underWay = null;
    form.elements.seq.value = said.seq;
    form.querySelector("[data-draft-at]").textContent = said.at;
    clear();
    show("");
    if (resume) goOn();
    else if (texts() !== kept) soon(PAUSE);
  }

  function refused(said, status) {
    underWay = null;
    stopped = status === 409;
    show((stopped ? "Chưa lưu được nháp. " : "") + said.words);
    if (resume) goOn();
  }

  function missed() {
    underWay.flying = false;
    resume = null;
    show(putAway() ? "Chưa gửi được về máy chủ. Lời đã viết đang giữ trên máy này, có mạng sẽ tự lưu." : "Chưa gửi được về máy chủ. Xin đừng đóng trang này, có mạng sẽ tự lưu.");
    soon(AGAIN);
  }

  form.addEventListener("input", function (event) {
    if (event.target.name && event.target.name.indexOf("muc_") === 0) soon(underWay ? AGAIN : PAUSE);
  });
  /* Sending waits for the save that is under way, or the two would take each other for another tab. What is sent stays
     on the shelf until a page answers (static/js/base.js takes it away): the session may have ended, the net be gone. */
  function goOn() {
    var button = resume;
    resume = null;
    button.click();
  }
  Array.prototype.forEach.call(form.querySelectorAll("button"), function (button) {
    button.addEventListener("click", function () {
      pressed = button;
    });
  });
  form.addEventListener("submit", function (event) {
    if (underWay && underWay.flying && pressed) {
      event.preventDefault();
      resume = pressed;
      return;
    }
    if (navigator.onLine === false) {
      event.preventDefault();
      show(putAway() ? "Đang mất mạng, chưa gửi được. Lời đã viết đang giữ trên máy này; có mạng thì bấm lại." : "Đang mất mạng, chưa gửi được. Xin đừng đóng trang này; có mạng thì bấm lại.");
      return;
    }
    stopped = true;
    clearTimeout(timer);
    putAway(true);
  });
  window.addEventListener("online", function () {
    soon(0);
  });
  /* Leaving with something unsaved: a last try that outlives the page, and the shelf in case it fails. */
  window.addEventListener("pagehide", function () {
    if (stopped || texts() === kept) return;
    putAway();
    if (!underWay) send(new URLSearchParams(new FormData(form)).toString(), true).catch(function () {});
  });
  takeUp();
})();
