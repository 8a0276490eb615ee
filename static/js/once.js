// Sends a form once, however often its button is pressed: the first answer carries the session's new key.
"use strict";

(() => {
  let sending = false;
  document.addEventListener("submit", (event) => {
    if (sending) event.preventDefault();
    sending = true;
  });
  window.addEventListener("pageshow", () => { sending = false; });
})();
