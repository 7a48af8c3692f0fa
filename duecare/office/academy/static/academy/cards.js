// The ratings wait for the answer: in a closed <details> the browser still counts its buttons as there, so their keys would rate a card unseen.
(function () {
  "use strict";
  var answer = document.getElementById("answer"); if (!answer) return;
  function keep() { answer.querySelectorAll("button[name=rating]").forEach(function (button) { button.disabled = !answer.open; }); }
  keep(); answer.addEventListener("toggle", keep);
})();
