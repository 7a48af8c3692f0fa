// The conversation stays where one types: the newest words in sight, the field in focus; the call's clock stops when it ends.
(function () {
  "use strict";
  function settle() {
    var talk = document.getElementById("talk"); if (!talk) return;
    var text = document.getElementById("text"), last = talk.querySelector(".bubble:last-child"), clock = document.querySelector(".on-account[data-started]");
    if (text) { text.focus({ preventScroll: true }); text.scrollIntoView({ block: "nearest" }); }
    if (last) last.scrollIntoView({ block: "nearest" });
    if (clock && talk.hasAttribute("data-ended")) clock.removeAttribute("data-started");
  }
  settle();
  document.addEventListener("htmx:afterSwap", function (event) { if (event.detail.target && event.detail.target.id === "talk") settle(); });
})();
