// The last position of a vehicle: read from the words beside the map, which the news of the page bring up to date.
import { gettext } from "../words.js";
import { closeOn, draw, mark, positionOf } from "./drawing.js";

export class VehicleMap {
  #map;
  #mark;

  constructor(L, box) {
    this.#map = draw(L, box, gettext("Map with the last position of the vehicle"));
    this.#mark = L.marker([0, 0], { icon: mark(L, "vehicle-mark"), interactive: false, keyboard: false });
    this.show();
  }

  show() {
    const at = positionOf(document.getElementById("position"));
    // It may be hidden from now on.
    this.#map.getContainer().hidden = !at;
    if (!at) return;
    const isFirst = !this.#map.hasLayer(this.#mark);
    if (!isFirst && this.#mark.getLatLng().equals(at)) return;
    this.#mark.setLatLng(at).addTo(this.#map);
    if (isFirst) this.#map.setView(at, closeOn(this.#map.getContainer()), { animate: false });
    else this.#map.panTo(at);
  }

  remove() {
    this.#map.remove();
  }
}
