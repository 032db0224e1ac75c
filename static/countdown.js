// Counts down to when what waits is not sent any more. Without this script the time of day stands there.
import { full } from "./moments.js";
import { gettext } from "./words.js";

const two = (number) => String(number).padStart(2, "0");

export function left(until, now = Date.now()) {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  if (!seconds) return gettext("now");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? gettext("in %s h %s min", hours, minutes) : gettext("in %s:%s", minutes, two(seconds % 60));
}

function show(root = document) {
  for (const element of root.querySelectorAll("time[data-deadline]")) {
    const until = new Date(element.dateTime);
    const text = left(until);
    if (element.textContent !== text) element.textContent = text;
    element.title ||= full.format(until);
  }
}

show();
htmx.onLoad(show);
setInterval(() => document.hidden || show(), 1_000);
document.addEventListener("visibilitychange", () => document.hidden || show());
