// Shows the form that follows from the chosen result, and only that one is sent; quick amounts fill the promise.
(function () {
  "use strict";
  var form = document.getElementById("code-form");
  if (!form) return;
  function show(focus) {
    var chosen = form.querySelector("input[name=result]:checked");
    form.querySelectorAll("fieldset[data-follows]").forEach(function (set) {
      var on = !!chosen && set.dataset.follows === chosen.dataset.then;
      set.hidden = !on; set.disabled = !on;
      if (on && focus) { var field = set.querySelector("input:not([type=hidden]), select, textarea"); if (field) field.focus(); }
    });
  }
  form.addEventListener("change", function (event) { if (event.target.name === "result") show(true); });
  form.addEventListener("click", function (event) {
    if (event.target.dataset.amount) document.getElementById("id_promise-amount").value = event.target.dataset.amount;
  });
  show(false);
})();
