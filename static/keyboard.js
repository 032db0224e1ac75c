// Single keys: search everywhere and here, the next and the previous row, and help. The reader can switch them off, in the help.
const KEPT = "fleetremote.keys";
const ROWS = "main .rows tbody tr, main .entries > li, main .fleets > li, main [data-row]";
// What a row leads to, or shows more of.
const OPENS = "summary, a.stretched, th a, h2 a, h3 a, a[href]";

const help = document.getElementById("keys");
const isOn = () => localStorage.getItem(KEPT) !== "off";

function showHelp() {
  help.querySelector("#keys-on").checked = isOn();
  help.showModal();
}

// On a phone the head has a link in place of the box, and the page that it leads to has a box of its own.
function searchAll() {
  const field = [...document.querySelectorAll("#find, #search_q")].find((input) => input.checkVisibility());
  if (field) enter(field);
  else document.querySelector(".find-link")?.click();
}

function searchHere() {
  enter([...document.querySelectorAll("main input[type='search']")].find((input) => input.checkVisibility()));
}

function enter(field) {
  field?.focus();
  field?.select();
}

// By the focus, so that nothing is marked that the reader does not have.
function go(step) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
  const place = [...OPENS.split(", ")].map((kind) => row.querySelector(kind)).find((found) => found?.checkVisibility());
  if (!place) row.tabIndex = -1;
  (place ?? row).focus({ focusVisible: true, preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

const KEYS = { "/": searchAll, f: searchHere, j: () => go(1), k: () => go(-1), "?": showHelp };

function isTyping({ target }) {
  return target.isContentEditable || target.closest("input:not([type='checkbox'], [type='radio']), select, textarea");
}

document.addEventListener("keydown", (event) => {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (!isOn() || isTyping(event) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  act();
});

help.addEventListener("change", ({ target }) => {
  if (target.id === "keys-on") localStorage.setItem(KEPT, target.checked ? "on" : "off");
});
help.addEventListener("click", ({ target }) => target === help && help.close());
document.getElementById("show-keys").addEventListener("click", showHelp);
for (const part of document.querySelectorAll("[data-keys]")) part.hidden = false;
