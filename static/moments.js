// Shows times by the clocks of the page's fleet, on pages of several fleets by the reader's own; and ages that keep up.
import { gettext, language, ngettext } from "./words.js";

// The reader's own way to write times, as long as it is of the language that the page is in.
const locale = navigator.languages.find((name) => name.split("-")[0] === language.split("-")[0]) ?? language;
// Without a name, and with one that this browser does not know, it is the reader's own zone.
const timeZone = known(document.body.dataset.clocks);
export const clock = new Intl.DateTimeFormat(locale, { timeStyle: "medium", timeZone });
export const full = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", timeZone });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });

function known(name) {
  try {
    return new Intl.DateTimeFormat(locale, { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export function age(date, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - date) / 1000));
  if (seconds < 10) return gettext("just now");
  if (seconds < 60) return gettext("%s s ago", seconds);
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return gettext("%s min ago", minutes);
  const hours = Math.round(minutes / 60);
  if (hours < 24) return gettext("%s h ago", hours);
  const days = Math.round(hours / 24);
  return days < 14 ? ngettext("%s day ago", "%s days ago", days) : day.format(date);
}

const forms = { age, clock: (date) => clock.format(date), full: (date) => full.format(date) };

export function showMoments(root = document) {
  for (const element of root.querySelectorAll("time[data-moment]")) {
    const date = new Date(element.dateTime);
    const text = (forms[element.dataset.moment] ?? forms.full)(date);
    if (element.textContent !== text) element.textContent = text;
    element.title ||= full.format(date);
  }
  for (const name of root.querySelectorAll("[data-zone-name]")) name.textContent = timeZone;
  for (const element of root.querySelectorAll("[data-shown-from][hidden]")) {
    element.hidden = Date.now() < new Date(element.dataset.shownFrom);
  }
}

showMoments();
setInterval(() => document.hidden || showMoments(), 10_000);
document.addEventListener("visibilitychange", () => document.hidden || showMoments());
