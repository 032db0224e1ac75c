// The box in the head: what is found in all fleets, shown below it as one types.
//
// A combobox as the ARIA practices have it: the focus stays in the field, the arrows mark what Enter opens; without a
// mark Enter asks for the page of all that is found, as it does without this script.
const WAIT = 250;

const field = document.getElementById("find");
const list = document.getElementById("find-found");
const status = document.getElementById("find-status");
const none = document.getElementById("find-none");
let timer;
let asked;

const options = () => [...list.querySelectorAll("[role='option']")];
const marked = () => list.querySelector("[aria-selected='true']");

function close() {
  // What is on its way would open it again.
  clearTimeout(timer);
  asked?.abort();
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  none.hidden = true;
  mark(null);
}

function mark(option) {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const words = field.value.trim();
  if (!words) {
    status.textContent = "";
    return close();
  }
  try {
    const address = `${field.form.action}?${new URLSearchParams({ q: words })}`;
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal: asked.signal, cache: "no-store" });
    // Logged out, or out of order: Enter leads to a page that says so.
    if (!answer.ok || answer.redirected) return close();
    show(await answer.text());
  } catch {
    // Typed on meanwhile, or not reached.
  }
}

function show(html) {
  const part = document.createElement("template");
  part.innerHTML = html;
  const told = part.content.querySelector("[data-status]");
  told?.remove();
  status.textContent = told?.content.textContent.trim() ?? "";
  list.replaceChildren(part.content);
  const isOpen = options().length > 0 && document.activeElement === field;
  list.hidden = !isOpen;
  none.hidden = options().length > 0 || document.activeElement !== field;
  none.textContent = status.textContent;
  field.setAttribute("aria-expanded", String(isOpen));
  mark(null);
}

function go(step) {
  const all = options();
  if (list.hidden || !all.length) return ask();
  const at = all.indexOf(marked());
  mark(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
}

function press(event) {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    go(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && marked()) {
    event.preventDefault();
    marked().click();
  } else if (event.key === "Escape" && !(list.hidden && none.hidden)) {
    // Once to close, once more to empty the field, as browsers do.
    event.preventDefault();
    close();
  }
}

if (field) {
  field.addEventListener("input", () => {
    clearTimeout(timer);
    // What was marked may not be what is looked for now.
    mark(null);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", press);
  field.addEventListener("focus", () => field.value.trim() && ask());
  field.form.addEventListener("focusout", ({ relatedTarget }) => field.form.contains(relatedTarget) || close());
  // A click leads on before the focus leaves the field.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}
