/* Keeps the draft of a form that names its address in data-draft, and says when. One save is under way at a time and
   is repeated as it was until the server has answered, so that a lost answer is never taken for another writer. What
   is not kept yet lies on the shelf (shelf.js). Where another page has written, nothing is saved from here before
   somebody has seen both. Without this script the button "Lưu nháp" does the same. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-draft]");
  var shelf = window.ltShelf;
  if (!form || !shelf || !window.fetch || !window.URLSearchParams || !window.FormData) return;

  var url = form.getAttribute("data-draft");
  var saved = form.querySelector("[data-draft-saved]");
  var wait = form.querySelector("[data-draft-wait]");
  var again = form.querySelector("[data-draft-again]");
  var PAUSE = 1500;
  var AGAIN = 8000;
  var kept = exact(shelf.kept);
  var underWay = null;
  var timer = null;
  var pressed = null;
  var resume = null;
  /* "saves"; "waits" for a word on a page that shows what another has written meanwhile; "apart" from a record that
     another page has changed; "sent". */
  var mode = form.hasAttribute("data-shelf-late") ? "waits" : "saves";

  function exact(texts) {
    return JSON.stringify(Object.keys(texts).sort().filter(function (name) {
      return texts[name];
    }).map(function (name) {
      return [name, texts[name]];
    }));
  }

  function unsaved() {
    return exact(shelf.texts()) !== kept;
  }

  function show(words) {
    saved.hidden = !!words || !form.querySelector("[data-draft-at]").textContent;
    wait.hidden = !words;
    again.hidden = true;
    if (words) form.querySelector("[data-draft-words]").textContent = words;
  }

  /* The states of the record that this text goes on from: the page's own, or the one after the save under way; none
     where another page has written. */
  function putAway(sent) {
    var seq = Number(form.elements.seq.value);
    var lock = form.elements.lock.value + "/";
    if (mode === "waits") return shelf.put(sent, []);
    return shelf.put(sent, underWay ? [lock + seq, lock + (seq + 1)] : [lock + seq]);
  }

  /* --- saving --- */
  function soon(pause) {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  }

  function save() {
    if (mode === "apart") putAway();
    if (mode !== "saves") return;
    if (!underWay) {
      if (!unsaved()) return;
      underWay = { body: new URLSearchParams(new FormData(form)).toString(), texts: exact(shelf.texts()), flying: false };
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
      redirect: "manual",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-CSRFToken": form.elements.csrf_token.value
      },
      body: body
    });
  }

  function answered(response) {
    if (response.type === "opaqueredirect") {
      missed();
      show("Phiên làm việc đã hết, nên chưa lưu được." + (putAway() ? " Chữ đã viết đang giữ trên máy này: mở lại phiếu, đăng nhập là thấy." : " Xin chép chữ đã viết ra trước khi mở lại phiếu."));
      again.hidden = false;
      return;
    }
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
    shelf.clear();
    show("");
    if (resume) goOn();
    else if (unsaved()) soon(PAUSE);
  }

  function refused(said, status) {
    underWay = null;
    if (status === 409) {
      mode = "apart";
      show(said.words + (putAway() ? " Chữ gõ ở trang này vẫn giữ trên máy này: mở lại phiếu là thấy." : " Xin chép chữ ở trang này ra trước khi mở lại phiếu."));
      again.hidden = false;
    } else {
      putAway();
      show(said.words);
    }
    if (resume) goOn();
  }

  function missed() {
    underWay.flying = false;
    resume = null;
    show(putAway() ? "Chưa gửi được về máy chủ. Lời đã viết đang giữ trên máy này, có mạng sẽ tự lưu." : "Chưa gửi được về máy chủ. Xin đừng đóng trang này, có mạng sẽ tự lưu.");
    soon(AGAIN);
  }

  form.addEventListener("input", function (event) {
    if (event.target.type === "radio") return;
    if (mode === "waits") mode = "saves";
    soon(underWay ? AGAIN : PAUSE);
  });
  /* Sending waits for the save that is under way, or the two would take each other for another tab. */
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
    mode = "sent";
    clearTimeout(timer);
    putAway(true);
  });
  window.addEventListener("online", function () {
    soon(0);
  });
  /* Leaving with something unsaved: a last try that outlives the page, and the shelf in case it fails. */
  window.addEventListener("pagehide", function () {
    if (mode === "sent" || !unsaved()) return;
    putAway();
    if (mode === "saves" && !underWay) send(new URLSearchParams(new FormData(form)).toString(), true).catch(function () {});
  });
  if (unsaved()) soon(0);
})();
