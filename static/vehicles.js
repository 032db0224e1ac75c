// The list of vehicles: choosing all rows of a page, how many are chosen, and how many were found.
function boxes(list) {
  return [...list.querySelectorAll('input[name="vehicle"]')];
}

function show(list) {
  const all = list.querySelector("[data-choose-all]");
  if (!all) return;
  const chosen = boxes(list).filter((box) => box.checked).length;
  const box = all.querySelector("input");
  box.checked = chosen === boxes(list).length;
  box.indeterminate = chosen > 0 && !box.checked;
  const line = list.querySelector("[data-chosen]");
  line.hidden = !chosen;
  line.querySelector("strong").textContent = chosen;
  all.hidden = false;
}

document.addEventListener("change", ({ target }) => {
  const list = target.closest("#vehicle-list");
  if (!list) return;
  if (target.closest("[data-choose-all]")) for (const box of boxes(list)) box.checked = target.checked;
  show(list);
});

document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "vehicle-list") return;
  // The place that is read out stays, so that the change is heard.
  document.getElementById("list-status").textContent = document.querySelector("#vehicle-list [data-status]").textContent;
});

htmx.onLoad(() => {
  const list = document.getElementById("vehicle-list");
  if (list) show(list);
});

// What was typed before htmx was there is asked for as well.
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector('.list-form input[type="search"]');
  if (box && box.value !== box.defaultValue) htmx.trigger(box, "input");
});
