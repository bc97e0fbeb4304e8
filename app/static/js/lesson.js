/* A lesson: the section being read is kept on the server, so that reading goes on there on any machine. */
(function () {
  "use strict";
  var form = document.getElementById("vi-tri");
  var headings = document.querySelectorAll("[data-lesson] h2[id^='muc-']");
  var sent = 0;
  var timer = null;
  var moved = false;

  /* The number of the last heading above the middle of the screen; 0 before the first. */
  function place() {
    var middle = window.innerHeight / 2;
    var number = 0;
    Array.prototype.forEach.call(headings, function (heading) {
      if (heading.getBoundingClientRect().top < middle) number = Number(heading.id.slice(4));
    });
    return number;
  }

  /* Nothing is sent before the reader has moved: opening a lesson again does not forget the place in it. */
  function send() {
    var now = place();
    if (!moved || !now || now === sent) return;
    form.elements.place.value = now;
    if (navigator.sendBeacon && navigator.sendBeacon(form.action, new FormData(form))) sent = now;
  }

  window.addEventListener("scroll", function () {
    moved = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(send, 3000);
  }, { passive: true });
  window.addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") send();
  });
})();
