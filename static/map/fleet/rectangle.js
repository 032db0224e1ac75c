// A rectangle over the map that chooses what is in it: drawn with Shift held, or, once the button was pressed, without.
const LEAST = 6;

export class Rectangle {
  #map;
  #box;
  #button;
  #frame;
  #start = null;
  #done;

  // `done`: is told the rectangle's bounds, and whether what was chosen before stays.
  constructor(map, button, done) {
    this.#map = map;
    this.#box = map.getContainer();
    this.#button = button;
    this.#done = done;
    this.#frame = Object.assign(document.createElement("div"), { className: "map-rectangle", hidden: true });
    this.#box.append(this.#frame);
    map.boxZoom.disable();
    button.addEventListener("click", () => this.#set(!this.isOn));
    this.#box.addEventListener("pointerdown", (event) => this.#begin(event), { capture: true });
    this.#box.addEventListener("pointermove", (event) => this.#go(event));
    for (const end of ["pointerup", "pointercancel"]) this.#box.addEventListener(end, (event) => this.#end(event));
    this.#box.addEventListener("keydown", ({ key }) => key === "Escape" && this.#set(false));
  }

  get isOn() {
    return this.#button.getAttribute("aria-pressed") === "true";
  }

  get isDrawing() {
    return this.#start !== null;
  }

  #set(on) {
    this.#button.setAttribute("aria-pressed", on);
    this.#box.classList.toggle("draws-rectangle", on);
  }

  #at({ clientX, clientY }) {
    const box = this.#box.getBoundingClientRect();
    return [clientX - box.left - this.#box.clientLeft, clientY - box.top - this.#box.clientTop];
  }

  #begin(event) {
    if (event.button !== 0 || event.target.closest(".leaflet-control") || !(event.shiftKey || this.isOn)) return;
    event.preventDefault();
    event.stopPropagation();
    this.#map.dragging.disable();
    this.#box.setPointerCapture(event.pointerId);
    this.#start = this.#at(event);
  }

  #go(event) {
    if (!this.#start) return;
    const [[x, y], [toX, toY]] = [this.#start, this.#at(event)];
    Object.assign(this.#frame.style, { left: `${Math.min(x, toX)}px`, top: `${Math.min(y, toY)}px`, width: `${Math.abs(toX - x)}px`, height: `${Math.abs(toY - y)}px` });
    this.#frame.hidden = false;
  }

  #end(event) {
    if (!this.#start) return;
    const [[x, y], [toX, toY]] = [this.#start, this.#at(event)];
    this.#frame.hidden = true;
    this.#map.dragging.enable();
    // The click that follows is not one on the map.
    setTimeout(() => (this.#start = null));
    if (event.type === "pointercancel" || Math.abs(toX - x) + Math.abs(toY - y) < LEAST) return;
    this.#set(false);
    this.#done({ left: Math.min(x, toX), top: Math.min(y, toY), right: Math.max(x, toX), bottom: Math.max(y, toY) }, event.ctrlKey || event.metaKey);
  }

}
