// Tells people what needs them, on whatever page they are: a number in the header, in the page's title and on the app of
// their device; of decisions also a line that is read out, and a notification of the browser where that was allowed.
//
// #waiting is the link in the header; its `data-url` says what waits for a decision, its `data-needs` what else needs
// somebody in their fleets (console/approvals/views.py).
import { left } from "./countdown.js";
import { gettext, ngettext } from "./words.js";

const PACE = 3_000;
// What needs you is counted over all fleets.
const NEEDS_PACE = 30_000;
// In a tab that nobody sees.
const HIDDEN_PACE = 4_000;
// When the answer did not come.
const LATER = 15_000;

const link = document.getElementById("waiting");
const title = () => document.title.replace(/^\(\d+\) /, "");
// Across tabs and pages: nobody is told twice of the same.
const KEY = "told-of-waiting";
// How many one tab has heard of, and when. A hidden one asks only while no other does.
const SHARED = "waiting-heard";
let heard = -Infinity;
// What else needs the person, as the last page has heard it.
const NEEDS = "needs-heard";
let decisions = 0;
// The page of the one decision, where it is the only one.
let only = "";
let needs = lastNeeds();

function lastNeeds() {
  try {
    const kept = JSON.parse(localStorage.getItem(NEEDS));
    if (kept?.person === link?.dataset.person) return kept;
  } catch {
    // Then this page asks.
  }
  return { count: 0, url: "", at: 0 };
}

function toldOf() {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
  } catch {
    return new Set();
  }
}

function keep(ids) {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // Without room each page tells once.
  }
}

function share(number) {
  try {
    localStorage.setItem(SHARED, `${number} ${Date.now()}`);
  } catch {
    // Without room each tab asks.
  }
}

addEventListener("storage", ({ key, newValue }) => {
  if (!link || key !== SHARED || !newValue) return;
  heard = performance.now();
  only = "";
  count(parseInt(newValue));
});

function count(number) {
  decisions = number;
  showAll();
}

function showAll() {
  const number = decisions + needs.count;
  link.hidden = !number;
  link.querySelector(".number").textContent = number;
  link.querySelector(".words").textContent = ngettext("needs you", "need you", number);
  link.href = (number === 1 && only) || (decisions || !needs.url ? link.dataset.decisions : needs.url);
  document.title = number ? `(${number}) ${title()}` : title();
  (number ? navigator.setAppBadge?.(number) : navigator.clearAppBadge?.())?.catch(() => {});
}

// Not by a tab that nobody sees.
async function askForNeeds() {
  const wait = needs.at + NEEDS_PACE - Date.now();
  if (document.hidden || wait > 0) return setTimeout(askForNeeds, Math.min(Math.max(wait, PACE), NEEDS_PACE));
  try {
    const answer = await fetch(link.dataset.needs, { headers: { Accept: "application/json", "HX-Request": "true" }, cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) return;
    if (!answer.ok) throw new Error(answer.status);
    needs = { ...(await answer.json()), at: Date.now(), person: link.dataset.person };
    showAll();
    localStorage.setItem(NEEDS, JSON.stringify(needs));
  } catch {
    // Later again.
  }
  setTimeout(askForNeeds, NEEDS_PACE);
}

function show({ count: number, items }) {
  only = number === 1 ? (items[0]?.url ?? "") : "";
  count(number);
  if (!number) return keep([]);
  const known = toldOf();
  const fresh = items.filter(({ id }) => !known.has(id));
  keep(items.map(({ id }) => id));
  if (fresh.length) tell(fresh);
}

function tell(fresh) {
  const [first] = fresh;
  const words = ngettext("%s decision waits for you", "%s decisions wait for you", fresh.length);
  const about = first.ends ? `${first.title} (${left(new Date(first.ends))})` : first.title;
  document.getElementById("waiting-news").textContent = gettext("%s: %s", words, about);
  if (globalThis.Notification?.permission !== "granted") return;
  const shown = new Notification(gettext("FleetRemote needs your decision"), { body: about, tag: first.id });
  shown.addEventListener("click", () => {
    focus();
    location.assign(first.url);
  });
}

// A browser lets the timers of a tab that was long hidden run once a minute, those of its workers as they are set.
let clock;
function askAfter(wait) {
  if (!document.hidden) return setTimeout(ask, wait);
  if (!clock) {
    clock = new Worker(link.dataset.clock);
    clock.addEventListener("message", ask);
  }
  clock.postMessage(wait);
}

async function ask() {
  let next = document.hidden ? HIDDEN_PACE : PACE;
  const rest = heard + HIDDEN_PACE - performance.now();
  if (document.hidden && rest > 0) return askAfter(rest);
  try {
    const answer = await fetch(link.dataset.url, { headers: { Accept: "application/json", "HX-Request": "true" }, cache: "no-store" });
    // Logged out, or without the second factor that is asked for: the page itself says so.
    if (answer.status === 401 || answer.status === 403) return;
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    if (!found.decides) return;
    share(found.count);
    show(found);
  } catch {
    next = LATER;
  }
  askAfter(next);
}

if (link) {
  showAll();
  ask();
  askForNeeds();
}

// The browser asks the person only where they have asked for it.
const allow = document.getElementById("allow-notifications");
if (allow && globalThis.Notification?.permission === "default") {
  allow.hidden = false;
  allow.addEventListener("click", async () => {
    allow.hidden = (await Notification.requestPermission()) !== "default";
  });
}
