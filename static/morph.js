// Brings a part of the page to what the server says now. What is the same is left alone, so that the focus, what is
// typed or chosen, what is folded open and the place that is scrolled to stay.
export function morph(old, fresh) {
  if (old.isEqualNode(fresh) || isKept(old)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) old.data = fresh.data;
  else {
    takeAttributes(old, fresh);
    takeChildren(old, fresh);
  }
}

// The page looks after these itself.
function isKept(node) {
  return node.nodeType === Node.ELEMENT_NODE && node.matches("[data-keep], [hx-preserve], dialog");
}

function takeAttributes(old, fresh) {
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value && !isReaders(old, name)) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !isReaders(old, name)) old.removeAttribute(name);
  }
}

// Whether something is folded open is up to the reader.
function isReaders(element, attribute) {
  return attribute === "open" && element.localName === "details";
}

export function takeChildren(old, fresh) {
  const known = byIdentity(old.childNodes);
  const pairs = [...fresh.childNodes].map((node) => [known.get(identity(node))?.shift(), node]);
  for (const gone of [...known.values()].flat()) if (!isKept(gone)) gone.remove();
  let place = old.firstChild;
  for (const [same, node] of pairs) {
    // What is kept stays where it is: a dialog that is moved is no longer modal.
    while (place && place !== same && isKept(place)) place = place.nextSibling;
    if (same && same === place) place = place.nextSibling;
    else if (!same || !isKept(same)) old.insertBefore(same ?? node, place);
    if (same) morph(same, node);
  }
}

function byIdentity(nodes) {
  const known = new Map();
  for (const node of nodes) known.set(identity(node), [...(known.get(identity(node)) ?? []), node]);
  return known;
}

// Two nodes with the same identity under one parent are the same to the reader: a row is that of its vehicle.
function identity(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeName;
  const about = node.matches("tr, li, form, p") ? node.querySelector("a[href], input:not([type='hidden']), button") : node;
  return [node.localName, node.id, node.getAttribute("action"), about && told(about)].join(" ");
}

function told(element) {
  return ["href", "name", "formaction"].map((name) => element.getAttribute(name) ?? "").join(" ") + choice(element);
}

// What is typed is a field's content; what can be ticked or pressed is told apart by its value.
function choice(element) {
  return element.matches("[type='checkbox'], [type='radio'], button") ? element.value : "";
}
