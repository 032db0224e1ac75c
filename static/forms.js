// The forms of remote features: the reader's time zone, and a slot that is set as soon as one changes it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

htmx.onLoad((element) => {
  if (!zone) return;
  const inputs = element.querySelectorAll("input[data-zone]");
  // Where there is none, the times are by other clocks than the browser's.
  if (!inputs.length) return;
  for (const input of inputs) input.value = zone;
  for (const name of element.querySelectorAll("[data-zone-name]")) name.textContent = zone;
});

// Before htmx hears of it, so that what changes is told of the slot as it is set.
document.addEventListener("change", ({ target }) => {
  const leave = target.closest(".slot-body")?.closest("[data-slot]").querySelector('[value="leave"]:checked');
  if (leave) leave.closest("[data-slot]").querySelector('[value="Set"]').checked = true;
}, true);
