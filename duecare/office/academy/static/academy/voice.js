// The other side can be heard and the collector can speak where the browser can (Web Speech); text is the equal way.
(function () {
  "use strict";
  var Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  var hears = false;
  function ready() {
    var talk = document.getElementById("talk"); if (!talk) return;
    var voice = talk.querySelector("[data-voice]"), listen = talk.querySelector("[data-listen]");
    if (voice && window.speechSynthesis) {
      show(voice, hears); voice.hidden = false;
      voice.addEventListener("click", function () { hears = !hears; show(voice, hears); if (hears) speak(talk); else speechSynthesis.cancel(); });
    }
    if (listen && Recognition) { listen.hidden = false; listen.addEventListener("click", function () { hear(talk, listen); }); }
    if (hears) speak(talk);
  }
  function show(button, on) { button.setAttribute("aria-pressed", String(on)); button.classList.toggle("active", on); }
  function speak(talk) {
    var last = talk.querySelector("[data-speak]"); if (!last) return;
    var words = new SpeechSynthesisUtterance(last.textContent); words.lang = talk.dataset.lang; speechSynthesis.cancel(); speechSynthesis.speak(words);
  }
  function hear(talk, button) {
    var text = document.getElementById("text"), recognition = new Recognition(); recognition.lang = talk.dataset.lang;
    if (window.speechSynthesis) speechSynthesis.cancel();
    recognition.onresult = function (event) { text.value = event.results[0][0].transcript; };
    recognition.onend = function () { show(button, false); text.focus(); };
    recognition.onerror = recognition.onend;
    show(button, true); recognition.start();
  }
  ready();
  document.addEventListener("htmx:afterSwap", function (event) { if (event.detail.target && event.detail.target.id === "talk") ready(); });
})();
