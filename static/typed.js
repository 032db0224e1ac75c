// Back at a form whose session had ended: fills in what was typed there. Nothing is sent.
const list = document.getElementById("typed");
const waiting = new Map();
for (const { dataset, textContent } of list?.querySelectorAll("[data-name]") ?? []) {
  waiting.set(dataset.name, [...(waiting.get(dataset.name) ?? []), textContent]);
}

// A form that opens later, in a dialog, is filled in when it is there.
htmx.onLoad(() => {
  for (const [name, values] of waiting) {
    const fields = [...document.querySelectorAll("form[method=post] :is(input, textarea, select)")].filter(
      (field) => field.name === name && !["hidden", "password", "file", "submit", "button"].includes(field.type),
    );
    if (!fields.length) continue;
    waiting.delete(name);
    for (const field of fields) fill(field, values);
    call(name, fields);
  }
  if (list && !waiting.size) list.querySelector("details").open = false;
});

// By the words that stand beside it.
function call(name, [field]) {
  const words = field.labels?.[0]?.textContent.trim();
  for (const { dataset, previousElementSibling } of words ? list.querySelectorAll("[data-name]") : []) {
    if (dataset.name === name && !["checkbox", "radio"].includes(field.type)) previousElementSibling.textContent = words;
  }
}

function fill(field, values) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
  else if (field.localName === "select") for (const option of field.options) option.selected = values.includes(option.value);
  else field.value = values[0];
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}
