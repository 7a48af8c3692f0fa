// Local clocks (<time data-zone data-now>) and the time spent on an account (data-started). The server's clock counts: it may be a demo's.
(function () {
  "use strict";
  var loaded = Date.now();
  function tick() {
    var passed = Date.now() - loaded;
    document.querySelectorAll("time[data-zone][data-now]").forEach(function (element) {
      var now = new Date(Date.parse(element.dataset.now) + passed);
      element.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: element.dataset.zone, weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false }).format(now);
    });
    document.querySelectorAll("[data-started]").forEach(function (element) {
      var seconds = Math.floor(passed / 1000) + Number(element.dataset.started || 0);
      element.textContent = String(Math.floor(seconds / 60)).padStart(2, "0") + ":" + String(seconds % 60).padStart(2, "0");
      element.classList.toggle("is-long", seconds >= 300 && seconds < 600); element.classList.toggle("is-too-long", seconds >= 600);
    });
  }
  tick(); setInterval(tick, 1000); document.addEventListener("htmx:afterSwap", tick);
})();
