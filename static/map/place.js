// A place to save: the field is the truth, the map shows it; a click, or a town that is found, fills it in.
import { gettext } from "../words.js";
import { closeOn, draw, mark, number, place } from "./drawing.js";
import { PlaceSearch, wordsOf } from "./search.js";

export class PlaceMap {
  #map;
  #mark;
  #field;
  #words;
  #search;

  constructor(L, box) {
    const form = box.closest("[data-place-form]");
    this.#map = draw(L, box, gettext("Map: a click says where the place is"));
    this.#map.dragging.enable();
    this.#map.doubleClickZoom.disable();
    this.#mark = L.marker([0, 0], { icon: mark(L, "vehicle-mark"), interactive: false, keyboard: false });
    this.#field = form.querySelector("[data-place-find] input");
    this.#words = form.querySelector("[data-words]");
    this.#search = new PlaceSearch(form.querySelector("[data-place-find]"), ({ latitude, longitude }) => this.#set([latitude, longitude], true));
    this.#map.on("click", ({ latlng }) => this.#set([latlng.wrap().lat, latlng.wrap().lng]));
    this.#field.addEventListener("change", () => this.show());
    this.#map.setView([48, 8], 4, { animate: false });
    this.show();
  }

  get #typed() {
    const parts = this.#field.value.split(/\s*[,;]\s+|\s+/).map(number);
    return parts.length === 2 ? place(...parts) : null;
  }

  #set(at, isFound = false) {
    this.#field.value = at.map((degrees) => degrees.toFixed(5)).join(", ");
    this.#field.closest("[data-place-find]").querySelector("[data-place-choices]")?.remove();
    this.show(isFound);
  }

  async show(isFound = true) {
    const at = this.#typed;
    if (!at) return;
    this.#mark.setLatLng(at).addTo(this.#map);
    if (isFound || !this.#map.getBounds().contains(at)) this.#map.setView(at, closeOn(this.#map.getContainer()), { animate: false });
    const said = await wordsOf(this.#search.wordsAddress, at);
    if (this.#typed?.join() === at.join()) this.#words.textContent = said;
  }

  remove() {
    this.#map.remove();
  }
}
