// Gives an element the focus, or, while it lies in a menu that is folded up, what unfolds it.
export function enter(element) {
  const fold = element.closest("details:not([open])");
  const place = fold && !element.matches("summary") ? fold.querySelector("summary") : element;
  place.focus({ preventScroll: true });
}
