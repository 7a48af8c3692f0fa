// The debtor can be heard and the collector can speak where the browser can (Web Speech); text is the equal way.
(function () {
  "use strict";
  var Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  var hears = false;
  function ready() {
    var talk = document.getElementById("talk"); if (!talk) return;
    var text = document.getElementById("text"); if (text) text.focus();
    var voice = talk.querySelector("[data-voice]"), listen = talk.querySelector("[data-listen]");
    if (voice && window.speechSynthesis) {
      voice.hidden = false; voice.setAttribute("aria-pressed", String(hears));
      voice.addEventListener("click", function () { hears = !hears; voice.setAttribute("aria-pressed", String(hears)); if (hears) speak(talk); });
    }
    if (listen && Recognition) {
      listen.hidden = false;
      listen.addEventListener("click", function () {
        var recognition = new Recognition(); recognition.lang = talk.dataset.lang;
        recognition.onresult = function (event) { text.value = event.results[0][0].transcript; text.focus(); };
        recognition.start();
      });
    }
    if (hears) speak(talk);
  }
  function speak(talk) {
    var last = talk.querySelector("[data-speak]"); if (!last) return;
    var words = new SpeechSynthesisUtterance(last.textContent); words.lang = talk.dataset.lang; speechSynthesis.cancel(); speechSynthesis.speak(words);
  }
  ready(); document.addEventListener("htmx:afterSwap", ready);
})();
