// Asks before a page with unsaved words is left. The page works without it; nothing is sent or stored from here.
"use strict";

(() => {
  const form = document.querySelector("form[data-unsaved]");
  if (!form) return;
  const words = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")).toString();
  // A page that came back with refused words is unsaved from the beginning.
  const saved = form.dataset.unsaved === "refused" ? "" : words();
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("pageshow", () => { sending = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && words() !== saved) event.preventDefault();
  });
})();
