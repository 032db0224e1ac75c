// Shows times in the reader's own zone, and ages that keep up.
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function age(date, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - date) / 1000));
  if (seconds < 10) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  const days = Math.round(hours / 24);
  return days < 14 ? `${days} day${days === 1 ? "" : "s"} ago` : day.format(date);
}

const forms = { age, clock: (date) => clock.format(date), full: (date) => full.format(date) };

export function showMoments(root = document) {
  for (const element of root.querySelectorAll("time[data-moment]")) {
    const date = new Date(element.dateTime);
    const text = (forms[element.dataset.moment] ?? forms.full)(date);
    if (element.textContent !== text) element.textContent = text;
    element.title ||= full.format(date);
  }
}

showMoments();
setInterval(() => document.hidden || showMoments(), 10_000);
document.addEventListener("visibilitychange", () => document.hidden || showMoments());
