// Asks before a page with unsaved words is left. The page works without it; nothing is sent or stored from here.
"use strict";

(() => {
  const form = document.querySelector("form[data-unsaved]");
  if (!form) return;
  const ticked = new Set(["radio", "checkbox"]);
  const changed = (box) => (ticked.has(box.type) ? box.checked !== box.defaultChecked : box.value !== box.defaultValue);
  // Held against what the server sent, so that words typed before this script was there count too. A page that came
  // back with refused words is unsaved from the beginning.
  const unsaved = () => form.dataset.unsaved === "refused" || [...form.querySelectorAll("textarea, input")].some(changed);
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("pageshow", () => { sending = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && unsaved()) event.preventDefault();
  });
})();
