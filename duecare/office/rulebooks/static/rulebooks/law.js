// Keeps the chosen jurisdiction in sight: the tree scrolls by itself and is drawn anew with every choice.
(function () {
  "use strict";
  function show() {
    var body = document.getElementById("law-tree-body"), here = body && body.querySelector(".is-here");
    if (!here || body.scrollHeight <= body.clientHeight) return;
    var top = here.offsetTop - body.offsetTop;
    if (top < body.scrollTop || top > body.scrollTop + body.clientHeight - 60) body.scrollTop = top - body.clientHeight / 3;
  }
  document.addEventListener("htmx:afterSettle", show);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show); else show();
})();
