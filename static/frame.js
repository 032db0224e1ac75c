// The frame: the choice of a fleet by keyboard, and the app of a device.
const choosers = [...document.querySelectorAll("details.chooser")];

// What can be chosen comes when it is opened; then the words to search for, or the first fleet, have the focus.
for (const chooser of choosers) {
  chooser.addEventListener("toggle", () => chooser.open && enter(chooser));
  chooser.addEventListener("htmx:afterSettle", ({ detail }) => detail.elt.matches("[data-late]") && enter(chooser));
  chooser.addEventListener("keydown", (event) => move(event, chooser));
}

function enter(chooser) {
  const first = chooser.querySelector("input[type='search']") ?? chooser.querySelector(".choices a");
  first?.focus();
}

function move(event, chooser) {
  if (!chooser.open || event.isComposing) return;
  if (event.key === "Escape") return chooser.querySelector("summary").focus();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const places = [...chooser.querySelectorAll("summary, input, a")].filter((place) => place.checkVisibility());
  places[places.indexOf(document.activeElement) + step]?.focus();
}

// Only the app has no way of its own to say that there is no connection, nor a button to try again.
if (matchMedia("(display-mode: standalone)").matches) navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
