// Shows the fields that follow from what was chosen: <div data-follows="what:frequency">. Without scripts all of them are there.
(function () {
  "use strict";
  var form = document.getElementById("propose");
  if (!form) return;
  function chosen(name) { var field = form.elements[name]; return field ? field.value : ""; }
  function show() {
    form.querySelectorAll("[data-follows]").forEach(function (part) {
      var rule = part.dataset.follows.split(":");
      part.hidden = chosen(rule[0]) !== rule[1];
    });
    form.querySelectorAll("details[data-opens]").forEach(function (part) {
      var rule = part.dataset.opens.split(":");
      if (chosen(rule[0]) === rule[1]) part.open = true;
    });
  }
  form.addEventListener("change", show);
  show();
})();
