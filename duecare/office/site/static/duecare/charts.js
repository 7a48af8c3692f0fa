// Draws <div data-chart="ID"> from the ECharts option in <script type="application/json" id="ID">.
(function () {
  "use strict";
  var drawn = [];
  function isDark() { return document.documentElement.getAttribute("data-bs-theme") === "dark"; }
  function draw() {
    drawn.forEach(function (chart) { chart.dispose(); }); drawn = [];
    document.querySelectorAll("[data-chart]").forEach(function (element) {
      var source = document.getElementById(element.dataset.chart); if (!source) return;
      var chart = echarts.init(element, isDark() ? "dark" : null, { renderer: "svg" });
      var option = JSON.parse(source.textContent); option.backgroundColor = "transparent"; option.animation = false;
      option.color = option.color || ["#2a6f6b", "#e8a33d", "#4b6fb5", "#8f5fa8", "#6a994e", "#b56576"];
      chart.setOption(option); drawn.push(chart);
    });
  }
  window.addEventListener("resize", function () { drawn.forEach(function (chart) { chart.resize(); }); });
  document.addEventListener("duecare:theme", draw); document.addEventListener("htmx:afterSwap", draw);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", draw); else draw();
})();
