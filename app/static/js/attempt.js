/* A quiz attempt: choices are sent at once and answered by a receipt. Without a network they are kept on this machine
   and sent together, in one save, when there is one again; a save keeps its id until the server has said yes, so that
   none counts twice. The server's clock decides; the one shown here follows it. */
(function () {
  "use strict";
  var clock = document.getElementById("con");
  var over = document.getElementById("het-gio");
  var form = document.getElementById("bai");

  /* --- the clock ------------------------------------------------------------------------------------------------
     A phone asleep stops performance.now(), somebody setting the date moves Date.now(): the one further on counts,
     until the next receipt says how much is left. */
  var left, since, wall;
  var ended = false;

  function set(seconds) {
    left = seconds;
    since = performance.now();
    wall = Date.now();
    tick();
  }

  function tick() {
    var gone = Math.max(performance.now() - since, Date.now() - wall) / 1000;
    var now = Math.max(0, Math.ceil(left - gone));
    var seconds = now % 60;
    clock.textContent = Math.floor(now / 60) + ":" + (seconds < 10 ? "0" : "") + seconds;
    if (!now && !ended) window.setTimeout(finish, 0);
    ended = !now;
  }

  set(Number(clock.getAttribute("data-left")));
  window.setInterval(tick, 500);
  document.addEventListener("visibilitychange", tick);

  /* Time is over: the server closes the attempt in any case; what is still here gets a last chance, then the result
     is shown. */
  function finish() {
    if (!form) return offline() || result();
    if (!queue.length && !offline()) return result();
    tries = 0;
    pump();
    window.setTimeout(function () {
      if (stopped || !ended) return;
      if (!queue.length && !offline()) return result();
      stop();
      look("Hết giờ lúc " + data.until + ". Các câu đã lưu đều được tính.", over.action, "Xem kết quả", result);
    }, 3000);
  }

  function result() {
    over.submit();
  }

  function offline() {
    return window.navigator.onLine === false;
  }

  /* A page that the browser kept may show what was: ask again. */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });
  window.addEventListener("online", function () {
    if (ended) result();
  });
  if (!form) return;

  /* --- what is kept on this machine ----------------------------------------------------------------------------- */
  var data = form.dataset;
  var epoch = form.elements.epoch.value;
  var total = Number(data.total);
  var you = data.you;
  var You = you.charAt(0).toUpperCase() + you.slice(1);
  var prefix = "lt-luot:" + data.attempt + ":";
  var mine = prefix + id();
  var queue = []; /* answers not yet acknowledged, oldest first: {k, answer, at, id of the save they were sent in} */
  var sending = false;
  var stopped = false;
  var tries = 0;
  var timer = null;
  var shared = document.documentElement.hasAttribute("data-shared"); /* a machine that keeps nothing: base.js */
  var here = shared ? "trong trang này" : "trên máy này";
  var waiting = []; /* what to do once everything is sent */

  function id() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.prototype.map.call(bytes, function (byte) {
      return (byte < 16 ? "0" : "") + byte.toString(16);
    }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function keep() {
    if (shared) return;
    try {
      if (queue.length) window.localStorage.setItem(mine, JSON.stringify({ epoch: epoch, saves: queue }));
      else window.localStorage.removeItem(mine);
    } catch (error) {
      /* a browser that keeps nothing: the choice is still sent from here */
    }
  }

  /* What an earlier page of this attempt could not send still counts while nobody else has gone on since: in this same
     epoch, or in the one before where it was this sign-in that drew ours. Anything older has been overtaken. */
  function takeUp() {
    var lost = [];
    eachKept(function (key, kept) {
      var ours = key.indexOf(prefix) === 0;
      if (!ours && kept.saves[kept.saves.length - 1].at > Date.now() - 86400000) return;
      kept.saves.forEach(function (save) {
        save.answer = save.answer || [save.option]; /* as kept by the pages of an earlier version */
      });
      window.localStorage.removeItem(key);
      if (ours && Number(kept.epoch) >= Number(epoch) - Number(data.drawn)) queue = queue.concat(kept.saves);
      else if (ours) lost = lost.concat(kept.saves);
    });
    queue.sort(function (a, b) {
      return a.at - b.at;
    });
    keep();
    queue.forEach(function (save) {
      chosen[save.k] = save.answer;
    });
    if (lost.length) {
      look("Bài đã được làm tiếp ở máy khác trước khi máy này kịp gửi " + names(lost) + ". " + You + " xem lại giúp.",
        questions[lost[0].k].dataset.url, "Xem câu " + lost[0].k);
    }
  }

  function eachKept(use) {
    try {
      Object.keys(window.localStorage).forEach(function (key) {
        if (key.indexOf("lt-luot:") === 0) use(key, JSON.parse(window.localStorage.getItem(key)));
      });
    } catch (error) {
      /* as above */
    }
  }

  /* --- what is shown -------------------------------------------------------------------------------------------- */
  var questions = {};
  var chosen = {};
  Array.prototype.forEach.call(document.getElementById("de").content.querySelectorAll("fieldset"), function (field) {
    questions[field.dataset.k] = field;
    chosen[field.dataset.k] = answerIn(field);
  });
  var now = Number(data.k);

  /* The answer that stands in a question: the options chosen, the words typed, or `slot:option` of each choice. */
  function answerIn(field) {
    var answer = [];
    each(field, function (input) {
      var slot = input.name.indexOf("o-") === 0 ? input.name.slice(2) + ":" : "";
      var set = /radio|checkbox/.test(input.type) ? input.checked : input.value.trim();
      if (set) answer.push(slot + input.value.trim());
    });
    return answer;
  }

  function put(field, answer) {
    each(field, function (input) {
      var slot = input.name.indexOf("o-") === 0 ? input.name.slice(2) + ":" : "";
      if (/radio|checkbox/.test(input.type)) input.checked = answer.indexOf(input.value) >= 0;
      else if (!slot) input.value = answer.join("");
      else {
        input.value = "";
        answer.forEach(function (part) {
          if (part.indexOf(slot) === 0) input.value = part.slice(slot.length);
        });
      }
    });
  }

  function each(field, use) {
    Array.prototype.forEach.call(field.querySelectorAll("input, select"), use);
  }

  function isWhole(k) {
    return chosen[k].length >= Number(questions[k].dataset.slots || 1);
  }

  /* One of three boxes: saved, not sent yet, something to look at (with a link). */
  function say(box, words) {
    ["da-luu", "dang-cho", "can-xem"].forEach(function (name) {
      document.getElementById(name).hidden = name !== box;
    });
    var here = document.getElementById(box);
    here.querySelector("span").textContent = words;
    return here;
  }

  function wait(why, words) {
    say("dang-cho", words).querySelector("strong").textContent = why;
  }

  function look(words, url, link, instead) {
    var anchor = say("can-xem", words).querySelector("a");
    anchor.href = url;
    anchor.textContent = link;
    anchor.onclick = function (event) {
      if (!instead) return;
      event.preventDefault();
      instead();
    };
    window.scrollTo(0, 0);
  }

  function names(saves) {
    var seen = [];
    saves.forEach(function (save) {
      if (seen.indexOf(save.k) < 0) seen.push(save.k);
    });
    return "câu " + seen.join(", ");
  }

  function unsent() {
    wait("Đang mất mạng.", "Chưa gửi được " + names(queue) + ", đang giữ " + here + " và tự gửi khi có mạng. " + You +
      " cứ làm tiếp, đừng đóng trang. Giờ vẫn tính đến " + data.until + ".");
  }

  /* Another question of the paper, without asking the server. */
  function show(k) {
    now = k;
    waiting = [];
    var field = questions[k].cloneNode(true);
    form.replaceChild(field, form.querySelector("fieldset"));
    put(field, chosen[k]);
    form.action = field.dataset.url;
    document.getElementById("cau-may").textContent = "Câu " + k + " trong " + total;
    document.title = "Câu " + k + " trong " + total + " câu | Làm Theo";
    var next = document.getElementById("tiep");
    next.value = k < total ? k + 1 : "nop";
    next.textContent = k < total ? "Lưu, sang câu " + (k + 1) : "Lưu, xem lại để nộp bài";
    var back = document.getElementById("lui");
    back.hidden = k === 1;
    back.value = k - 1;
    back.textContent = "Về câu " + (k - 1);
    map();
    window.history.replaceState(null, "", field.dataset.url);
    window.scrollTo(0, 0);
    document.getElementById("cau-may").focus({ preventScroll: true });
  }

  function map() {
    var done = 0;
    Array.prototype.forEach.call(document.querySelectorAll("#ban-do a"), function (link) {
      var k = Number(link.dataset.k);
      var set = isWhole(k);
      done += set ? 1 : 0;
      link.classList.toggle("lt-map-set", set);
      if (k === now) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
      link.setAttribute("aria-label", "Câu " + k + ", " + (k === now ? "đang làm" : set ? "đã chọn" : "chưa chọn"));
    });
    document.getElementById("dem").textContent = "đã chọn " + done + ", còn " + (total - done);
  }

  /* --- sending -------------------------------------------------------------------------------------------------- */
  function choose(k, answer) {
    window.clearTimeout(typing);
    if (JSON.stringify(chosen[k]) === JSON.stringify(answer)) return;
    chosen[k] = answer;
    queue = queue.filter(function (choice) {
      return choice.id || choice.k !== k;
    });
    queue.push({ k: k, answer: answer, at: Date.now() });
    keep();
    map();
    pump();
  }

  /* The choices of the save to be sent next. Once sent it stays as it is until it is answered, and is sent again under
     its id: the server may have it already. Whatever is chosen meanwhile waits for the save after it. */
  function batch() {
    var fresh = id();
    for (var n = 0; n < queue.length && !queue[n].id; n += 1) queue[n].id = fresh;
    keep();
    return queue.filter(function (choice) {
      return choice.id === queue[0].id;
    });
  }

  /* One save at a time, so that they arrive in the order in which they were made. A browser that says it has no network
     is believed for a while: so what is chosen meanwhile goes out together. */
  function pump(anyway) {
    if (sending || stopped || !queue.length) return;
    window.clearTimeout(timer);
    if (offline() && anyway !== true) {
      timer = window.setTimeout(pump, 15000, true);
      return unsent();
    }
    sending = true;
    var saves = batch();
    var answers = {};
    saves.forEach(function (choice) {
      answers[choice.k] = choice.answer;
    });
    var patience = window.AbortController ? new AbortController() : null;
    var limit = window.setTimeout(function () {
      if (patience) patience.abort();
    }, 15000);
    window.fetch(data.save, {
      method: "POST",
      body: JSON.stringify({ epoch: Number(epoch), save_id: saves[0].id, chon: answers }),
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": form.elements.csrf_token.value
      },
      credentials: "same-origin",
      redirect: "manual",
      signal: patience ? patience.signal : undefined
    }).then(function (response) {
      window.clearTimeout(limit);
      return answered(response, saves[0].id);
    }).catch(function () {
      window.clearTimeout(limit);
      sending = false;
      again();
      unsent();
    });
  }

  function answered(response, sent) {
    var json = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
    if (response.status === 200 && json) {
      return response.json().then(function (receipt) {
        queue = queue.filter(function (choice) {
          return choice.id !== sent;
        });
        epoch = form.elements.epoch.value = String(receipt.epoch);
        keep();
        tries = 0;
        sending = false;
        say("da-luu", receipt.words);
        set(receipt.left);
        if (queue.length) return pump();
        goOn();
      });
    }
    if (response.status === 409 && json) return response.json().then(refused);
    sending = false;
    if (response.type === "opaqueredirect") {
      stop();
      return look("Chưa gửi được " + names(queue) + " vì lần đăng nhập này đã hết. " + (shared ? You +
        " đăng nhập rồi chọn lại." : "Câu đã chọn đang giữ trên máy này, đăng nhập lại là gửi tiếp."), window.location.href, "Đăng nhập lại");
    }
    if (response.status >= 500 || response.status === 429) {
      again();
      return wait("Máy chủ đang bận.", "Chưa gửi được " + names(queue) + ", đang giữ " + here + " và tự gửi lại. " + You +
        " cứ làm tiếp, đừng đóng trang.");
    }
    stop();
    look("Chưa lưu được " + names(queue) + ". " + You + " tải lại trang rồi chọn lại.", window.location.href, "Tải lại trang");
  }

  /* Taken over by another device, or closed: what has not been sent can no longer count. */
  function refused(refusal) {
    var lost = names(queue);
    queue = [];
    keep();
    stop();
    if (refusal.closed) return look(refusal.words, refusal.url, "Xem kết quả", result);
    look("Bài này đang làm trên máy khác. Chưa lưu được " + lost + " chọn ở đây.", refusal.url,
      "Xem rồi làm tiếp trên máy này");
  }

  function stop() {
    sending = false;
    stopped = true;
    waiting = [];
  }

  function again() {
    tries += 1;
    timer = window.setTimeout(pump, Math.min(30000, 1000 * Math.pow(2, tries - 1)));
  }

  function whenSent(then) {
    waiting = [then];
    if (!queue.length && !offline()) return goOn();
    tries = 0;
    if (queue.length) pump();
    else wait("Đang mất mạng.", "Các câu đã chọn đều đã lưu. Có mạng lại là sang trang nộp bài.");
  }

  function goOn() {
    waiting.splice(0).forEach(function (then) {
      then();
    });
  }

  /* --- what a person does --------------------------------------------------------------------------------------- */
  function go(to) {
    if (stopped) return;
    if (to !== "nop") return show(Math.min(Math.max(Number(to), 1), total));
    whenSent(function () {
      window.location.href = data.confirm;
    });
  }

  var typing = null;
  function take() {
    var field = form.querySelector("fieldset");
    if (!stopped && Number(field.dataset.k) === now) choose(now, answerIn(field));
  }
  form.addEventListener("change", take);
  form.addEventListener("input", function (event) {
    window.clearTimeout(typing);
    if (event.target.type === "text") typing = window.setTimeout(take, 700);
  });
  window.addEventListener("pagehide", take);
  var pressed = null;
  form.addEventListener("click", function (event) {
    if (event.target.name === "sang") pressed = event.target.value;
  });
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    take();
    go(pressed || document.getElementById("tiep").value);
    pressed = null;
  });
  document.getElementById("ban-do").addEventListener("click", function (event) {
    var k = event.target.dataset.k;
    if (!k) return;
    event.preventDefault();
    go(k);
  });
  document.getElementById("nop").addEventListener("click", function (event) {
    event.preventDefault();
    go("nop");
  });
  window.addEventListener("online", function () {
    tries = 0;
    if (queue.length) pump();
    else goOn();
  });

  takeUp();
  if (queue.length) show(now);
  pump();
})();
