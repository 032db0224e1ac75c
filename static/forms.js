// Forms: the reader's time zone where there is no fleet's, usual days, and a slot that is set as soon as one changes it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

htmx.onLoad((element) => {
  // Only forms of no fleet have one: all others are by their fleet's clocks.
  for (const input of element.querySelectorAll("input[data-zone]")) input.value = zone ?? "";
  for (const select of element.querySelectorAll("select[data-zone]")) {
    if ([...select.options].some((option) => option.value === zone)) select.value = zone;
  }
});

// Usual days of the week by one press, Monday first; a day that is set already stays untouched.
htmx.onLoad((element) => {
  for (const presets of element.querySelectorAll(".day-presets")) presets.hidden = false;
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-days]");
  if (!button) return;
  const boxes = [...button.parentElement.previousElementSibling.querySelectorAll("input")];
  const changed = boxes.filter((box, day) => box.checked !== (button.dataset.days[day] === "1"));
  for (const box of changed) box.checked = !box.checked;
  changed[0]?.dispatchEvent(new Event("change", { bubbles: true }));
});

// Before htmx hears of it, so that what changes is told of the slot as it is set.
document.addEventListener("change", ({ target }) => {
  const leave = target.closest(".slot-body")?.closest("[data-slot]").querySelector('[value="leave"]:checked');
  if (leave) leave.closest("[data-slot]").querySelector('[value="Set"]').checked = true;
}, true);
