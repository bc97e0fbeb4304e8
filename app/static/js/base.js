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
})();
