/* What is typed on the page of a record lies in this browser until the record itself holds it: the server prints what
   the record holds (data-shelf-kept), and the same words are let go. What it does not hold goes back into a form that
   stands where it stood, and is offered everywhere else: to put in, or to throw away. Nothing takes another's place:
   each page has a shelf of its own, and what a field held changes places with what is put there. "Thoát" clears all. */
(function () {
  "use strict";
  var PREFIX = "lt-nhap:";
  var shared = document.documentElement.hasAttribute("data-shared"); /* a machine that keeps nothing: base.js */
  var place = document.querySelector("[data-shelf]");
  var received = document.querySelector("[data-received]");

  /* --- this browser's shelves: private mode or a full disk may refuse them --- */
  function entries(name) {
    var found = [];
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf(PREFIX + name + ":") !== 0) return;
        var entry = JSON.parse(localStorage.getItem(key));
        entry.key = key;
        entry.swapped = false;
        found.push(entry);
      });
    } catch (error) {
      return found;
    }
    return found.sort(function (a, b) {
      return b.at - a.at;
    });
  }

  function write(entry) {
    if (shared) return false;
    try {
      localStorage.setItem(entry.key, JSON.stringify(entry));
      return true;
    } catch (error) {
      return false;
    }
  }

  function remove(key) {
    try {
      localStorage.removeItem(key);
    } catch (error) {
      return;
    }
  }

  /* A page that says so has received what was sent from here. */
  if (received) {
    entries(received.getAttribute("data-received")).forEach(function (entry) {
      if (entry.sent) remove(entry.key);
    });
  }
  if (!place) return;

  var name = place.getAttribute("data-shelf");
  var kept = JSON.parse(place.getAttribute("data-shelf-kept"));
  var mine = PREFIX + name + ":" + Date.now() + Math.random().toString(36).slice(1);
  var offers = [];
  var taken = null;
  var leaving = false;

  /* --- texts: field → what is typed there, empty fields left out --- */
  function fields() {
    return Array.prototype.slice.call(place.querySelectorAll("textarea[name], input[type=text][name]"));
  }

  function texts() {
    var found = {};
    fields().forEach(function (field) {
      if (field.value.trim()) found[field.name] = field.value;
    });
    return found;
  }

  function isBlank(some) {
    return !Object.keys(some).length;
  }

  /* The words alone, as the record too keeps them: no empty deeds between, and a day in one spelling. */
  function plain(some) {
    return Object.keys(some).sort().map(function (field) {
      var words = some[field].normalize("NFC").replace(/\s+/g, " ").trim();
      return /_until$/.test(field) ? day(words) : words;
    }).filter(Boolean).join("\n");
  }

  function day(words) {
    if (!/^[\d\s\/.-]+$/.test(words)) return words;
    var parts = /^\d{8}$/.test(words) ? [words.slice(0, 2), words.slice(2, 4)] : words.split(/[\s\/.-]+/);
    return parts[0].length === 4 ? Number(parts[2]) + "/" + Number(parts[1]) : Number(parts[0]) + "/" + Number(parts[1]);
  }

  function same(a, b) {
    return plain(a) === plain(b);
  }

  /* The state of the record that this page shows: how many steps, and the number of the next draft. */
  function state() {
    var numbers = place.elements || {};
    return (numbers.lock ? numbers.lock.value : "") + "/" + (numbers.seq ? numbers.seq.value : "");
  }

  function answered() {
    var chosen = place.querySelector("input[type=radio]:checked");
    return chosen ? chosen.value : "";
  }

  function fill(entry) {
    fields().forEach(function (field) {
      field.value = entry.texts[field.name] || "";
      for (var around = field.parentNode; field.value && around !== place; around = around.parentNode) {
        if (around.tagName === "DETAILS") around.open = true;
      }
    });
    Array.prototype.forEach.call(place.querySelectorAll("input[type=radio]"), function (choice) {
      if (entry.answer) choice.checked = choice.value === entry.answer;
    });
  }

  /* --- putting away --- */
  function put(sent, states) {
    var now = texts();
    if (leaving) return false;
    if (isBlank(now) || (!sent && same(now, kept))) {
      remove(mine);
      return true;
    }
    return write({ key: mine, at: Date.now(), on: states || [state()], texts: now, answer: answered(), sent: !!sent });
  }

  function clear() {
    remove(mine);
  }

  function adopt(entry) {
    remove(entry.key);
    entry.key = mine;
    write(entry);
  }

  document.addEventListener("submit", function (event) {
    if (event.target.hasAttribute("data-leaves")) leaving = true;
  });

  /* --- taking up: not on the answer to what was sent, which shows it --- */
  var writes = place.tagName === "FORM" && fields().length > 0;
  var asked = writes && !place.hasAttribute("data-shelf-posted");
  entries(name).forEach(function (entry) {
    var held = same(entry.texts, kept);
    if (isBlank(entry.texts)) remove(entry.key);
    else if (asked && !taken && entry.on.indexOf(state()) >= 0 && (entry.sent || !held)) {
      taken = entry;
      fill(entry);
      if (held) remove(entry.key);
      else adopt(entry);
    } else if (held) remove(entry.key);
    else if (same(entry.texts, texts())) adopt(entry);
    else offers.push(entry);
  });
  if (taken) {
    document.querySelector("[data-shelf-taken]").hidden = false;
    document.querySelector(taken.sent ? "[data-shelf-unsent]" : "[data-shelf-lost]").hidden = false;
  }

  /* --- offering --- */
  var box = document.querySelector("[data-shelf-offer]");
  var putIn = box.querySelector("[data-shelf-put]");

  function offer() {
    var entry = offers[0];
    box.hidden = !entry;
    if (!entry) return;
    box.querySelector("[data-shelf-found]").hidden = !!entry.swapped;
    box.querySelector("[data-shelf-swapped]").hidden = !entry.swapped;
    var stands = box.querySelector("[data-shelf-text]");
    var text = stands.firstChild || stands.appendChild(document.createElement("textarea"));
    text.className = "form-control";
    text.rows = 4;
    text.readOnly = true;
    text.setAttribute("aria-label", stands.getAttribute("data-shelf-text"));
    text.value = Object.keys(entry.texts).map(function (field) {
      return entry.texts[field];
    }).join("\n\n");
  }

  /* What stood in the fields lies on the shelf from then on: putting in can be taken back. */
  if (putIn) {
    putIn.addEventListener("click", function () {
      var entry = offers[0];
      var before = texts();
      fill(entry);
      put(false);
      if (isBlank(before)) {
        remove(offers.shift().key);
      } else {
        entry.texts = before;
        entry.on = [];
        entry.swapped = true;
        write(entry);
      }
      offer();
      fields()[0].dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  box.querySelector("[data-shelf-drop]").addEventListener("click", function () {
    remove(offers.shift().key);
    offer();
  });
  offer();

  /* A page that the browser kept may show what was: what it held lies here, so ask again. */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) window.location.reload();
  });

  window.ltShelf = { texts: texts, kept: kept, put: put, clear: clear, taken: taken };

  /* --- a form that nothing else keeps (draft.js keeps the others): a reviewer's comments --- */
  if (!writes || place.hasAttribute("data-draft")) return;
  var timer = null;
  var sent = false;
  place.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(put, 400);
  });
  place.addEventListener("submit", function () {
    clearTimeout(timer);
    sent = true;
    put(true);
  });
  window.addEventListener("pagehide", function () {
    clearTimeout(timer);
    if (!sent) put();
  });
})();
