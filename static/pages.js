// What all pages share: times, the dialog, focus after a request, and requests that fail.
import { enter } from "./focus.js";
import { showMoments } from "./moments.js";
import { gettext } from "./words.js";

const dialog = document.querySelector("dialog#confirm");
const notice = document.getElementById("notice");
// Which <details> are open, by id, so that a swap leaves them so.
const folds = new Map();
// The id of what has opened the dialog.
let opener = "";

for (const current of document.querySelectorAll(".tabs [aria-current]")) {
  const tabs = current.parentElement;
  tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;
}

htmx.onLoad((element) => {
  showMoments(element);
  for (const [id, open] of folds) {
    const details = document.getElementById(id);
    if (details) details.open = open;
  }
});

document.addEventListener("toggle", ({ target }) => {
  // A dialog tells the same, a moment after it has closed: a swap in that moment opened it again, and not as a modal one.
  if (target.localName !== "details") return;
  if (target.id) folds.set(target.id, target.open);
  if (target.open) readWhatIsLate(target);
}, true);

// What is read only when it is unfolded, wherever that lies; a link stands in its place until it is there.
function readWhatIsLate(details) {
  for (const late of details.querySelectorAll("[data-late]")) {
    if (late.closest("details") === details && late.querySelector(":scope > a")) htmx.trigger(late, "unfolded");
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  // A form that is filled in is not lost by a click beside it.
  if (event.target === dialog && !dialog.querySelector(".options")) dialog.close();
  if (dialog?.open && event.target.closest("[data-closes-dialog]")) {
    event.preventDefault();
    dialog.close();
  }
});

// The browser gives the focus back to what has opened it, unless that lies in a menu that is folded up by now: then the
// dialog seems to have it a moment longer.
dialog?.addEventListener("close", () => {
  const isLost = document.activeElement === document.body || dialog.contains(document.activeElement);
  const back = opener && isLost && document.getElementById(opener);
  if (back) enter(back);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
});

function closeMenus(target) {
  for (const menu of document.querySelectorAll("details:is(.menu, .chooser, .more-ways, .row-menu)[open]")) {
    if (menu.contains(target)) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // A refusal that says where it belongs, such as an error beside its button.
  if (detail.xhr.getResponseHeader("HX-Retarget")) detail.shouldSwap = true;
});

document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target !== dialog || dialog.open) return;
  opener = detail.requestConfig.elt.id;
  dialog.showModal();
});

document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  // An answer for a part of the dialog keeps it open, and so does a failure that can be told in it; a refusal is told on the page.
  const fromDialog = detail.elt.closest("dialog") && detail.target.id === "news";
  const isRefusal = detail.xhr.getResponseHeader("HX-Retarget");
  if (fromDialog && !detail.successful && !isRefusal && place() !== notice) return;
  if (fromDialog) dialog.close();
  // The buttons are disabled while a request runs, or exchanged by its answer, which takes the focus away.
  const id = fromDialog ? opener : detail.requestConfig.triggeringEvent?.submitter?.id;
  const back = id && document.activeElement === document.body && document.getElementById(id);
  if (back) enter(back);
});

// Where a failure is told: in the dialog while it hides the page.
function place() {
  return (dialog?.open && dialog.querySelector("[data-notice]")) || notice;
}

export function tell(text, link) {
  const line = document.createElement("p");
  line.className = "message error";
  line.append(text);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    if (link.keeps) anchor.addEventListener("click", leaveWithWhatIsTyped);
    line.append(" ", anchor);
  }
  place().replaceChildren(line);
}

export function tellLoggedOut() {
  const back = encodeURIComponent(location.pathname + location.search);
  tell(gettext("You have been logged out."), { text: gettext("Log in again"), href: `${document.body.dataset.login}?next=${back}`, keeps: true });
}

// What is typed on this page and not sent: no secret, no file, and nothing that is as it came.
function typed() {
  const all = [...document.querySelectorAll("form[method=post] :is(input, textarea, select)")].filter(
    ({ name, type, disabled }) => name && !disabled && !["hidden", "password", "file", "submit", "button"].includes(type),
  );
  const names = new Set(all.filter(isChanged).map(({ name }) => name));
  return all.filter(({ name }) => names.has(name)).flatMap((field) => chosen(field).map((value) => [field.name, value]));
}

function isChanged(field) {
  if (field.localName === "select") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.checked !== field.defaultChecked || field.value !== field.defaultValue;
}

// What is not ticked is told as well: it may have been.
function chosen(field) {
  if (field.localName === "select") return [...field.options].filter(({ selected }) => selected).map(({ value }) => value);
  return ["checkbox", "radio"].includes(field.type) && !field.checked ? ["(off)"] : [field.value];
}

// On to the login, or to the same page anew, with what is typed; it is only kept there.
function leaveWithWhatIsTyped(event) {
  const fields = typed();
  if (!fields.length) return;
  event.preventDefault();
  const form = document.createElement("form");
  form.method = "post";
  form.action = document.body.dataset.keep;
  const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const told = { csrfmiddlewaretoken: token, page: location.pathname + location.search, typed: JSON.stringify(fields) };
  for (const [name, value] of Object.entries(told)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

// What the server says of a request that went beyond a bound and was not read, so that nothing was done (templates/refused.html).
function refusal({ status, responseText }) {
  if (![400, 408, 413, 429, 503].includes(status)) return "";
  return new DOMParser().parseFromString(responseText, "text/html").querySelector("[data-refused]")?.textContent ?? "";
}

document.body.addEventListener("htmx:beforeRequest", () => place().replaceChildren());
document.body.addEventListener("htmx:sendError", () => tell(gettext("FleetRemote could not be reached, so it is not certain whether that was sent. Look at the history before you try again.")));
document.body.addEventListener("htmx:responseError", ({ detail }) => {
  const status = detail.xhr.status;
  const refused = refusal(detail.xhr);
  if (status === 401) tellLoggedOut();
  else if (status === 404) tell(gettext("This is no longer there for you."), { text: gettext("Go to your fleets"), href: "/" });
  else if (status === 403 && !detail.xhr.getResponseHeader("HX-Retarget")) tell(gettext("This page was open for too long."), { text: gettext("Reload it"), href: "", keeps: true });
  else if (refused) tell(refused);
  else if (status === 503) tell(gettext("FleetRemote's database does not answer. Look at the history before you try again in a moment."));
  else if (status >= 500) tell(gettext("Something went wrong on our side. Look at the history before you try again."));
});
