// Keyboard first: an element with data-key="x" is pressed (or focused, if it is a field) by that key, unless somebody is typing. "?" lists the keys.
(function () {
  "use strict";
  function typing(element) { return element.closest("input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select, [contenteditable]") !== null; }
  function usable(element) {
    var shut = element.closest("details:not([open])");
    if (shut && shut !== element && !element.closest("summary")) return false;
    return element.offsetParent !== null && !element.disabled;
  }
  function act(element) {
    if (element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) { element.focus(); if (element.select) element.select(); return; }
    if (element.matches("details")) { element.open = true; var field = element.querySelector("input:not([type=hidden]), select, textarea"); if (field) field.focus(); return; }
    element.click();
  }
  function help() {
    var dialog = document.getElementById("keys-help");
    dialog.replaceChildren();
    var title = document.createElement("h2"); title.className = "h3"; title.textContent = dialog.dataset.title; dialog.append(title);
    var list = document.createElement("dl"); list.className = "row mb-2";
    document.querySelectorAll("[data-key]").forEach(function (element) {
      if (!usable(element)) return;
      var key = document.createElement("dt"); key.className = "col-2"; var kbd = document.createElement("kbd"); kbd.textContent = element.dataset.key; key.append(kbd);
      var label = document.createElement("dd"); label.className = "col-10 mb-1"; label.textContent = element.dataset.keyLabel || element.textContent.trim(); list.append(key, label);
    });
    dialog.append(list);
    var close = document.createElement("button"); close.className = "btn"; close.textContent = dialog.dataset.close; close.addEventListener("click", function () { dialog.close(); }); dialog.append(close);
    dialog.showModal();
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); help(); return; }
    var found = Array.prototype.find.call(document.querySelectorAll("[data-key]"), function (element) { return element.dataset.key === event.key && usable(element); });
    if (found) { event.preventDefault(); act(found); }
  });
  document.addEventListener("click", function (event) { if (event.target.closest("[data-keys-help]")) help(); });
})();
