// The forms of remote features: the reader's time zone, and a slot that is set as soon as one changes it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

htmx.onLoad((element) => {
  // Only forms of no fleet have one: all others are by their fleet's clocks.
  for (const input of element.querySelectorAll("input[data-zone]")) input.value = zone ?? "";
});

// Before htmx hears of it, so that what changes is told of the slot as it is set.
document.addEventListener("change", ({ target }) => {
  const leave = target.closest(".slot-body")?.closest("[data-slot]").querySelector('[value="leave"]:checked');
  if (leave) leave.closest("[data-slot]").querySelector('[value="Set"]').checked = true;
}, true);
