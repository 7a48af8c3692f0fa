// Light or dark, before the first paint: what was chosen here, else what the system says.
(function () {
  "use strict";
  var chosen = localStorage.getItem("duecare-theme");
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() { document.documentElement.setAttribute("data-bs-theme", chosen || (dark.matches ? "dark" : "light")); }
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-theme-toggle]")) return;
    chosen = document.documentElement.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    localStorage.setItem("duecare-theme", chosen);
    apply();
    document.dispatchEvent(new CustomEvent("duecare:theme"));
  });
})();
