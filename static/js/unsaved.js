// Asks before a page with unsaved words is left, tells the server where one writes, and saves by Ctrl+S.
// The page works without it; nothing is stored from here.
"use strict";

(() => {
  const form = document.querySelector("form[data-unsaved]");
  if (!form) return;
  const ticked = new Set(["radio", "checkbox"]);
  const chosen = (box) => [...box.options].some((option) => option.selected !== option.defaultSelected);
  const changed = (box) => {
    if (box.name === "place") return false;
    if (box.tagName === "SELECT") return chosen(box);
    return ticked.has(box.type) ? box.checked !== box.defaultChecked : box.value !== box.defaultValue;
  };
  // Held against what the server sent, so that words typed before this script was there count too. A page that came
  // back with refused words is unsaved from the beginning.
  const unsaved = () =>
    form.dataset.unsaved === "refused" || [...form.querySelectorAll("textarea, input, select")].some(changed);
  let sending = false;
  form.addEventListener("submit", () => { sending = true; });
  window.addEventListener("pageshow", () => { sending = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sending && unsaved()) event.preventDefault();
  });

  // After saving, the server leads back to the item that was written in.
  const place = form.elements.place;
  if (place) {
    form.addEventListener("focusin", (event) => {
      const item = event.target.closest("[id^='item-']");
      if (item) place.value = item.id.slice("item-".length);
    });
  }
  // There one goes on writing: in the box that the address names, or in its item's first one. Not before the browser
  // has gone there by itself, which takes the focus away.
  window.addEventListener("pageshow", () => {
    const back = place && window.location.hash && document.getElementById(window.location.hash.slice(1));
    if (back) (back.matches("textarea, select") ? back : back.querySelector("textarea, select"))?.focus();
  });
  const save = form.querySelector("button[name='do'][value='save']");
  document.addEventListener("keydown", (event) => {
    if (!save || sending || event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(save);
  });
})();
