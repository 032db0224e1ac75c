// A route: the rows of the form are the truth, the map shows them, and a click fills in the next one.
import { gettext } from "../words.js";
import { PlaceSearch, wordsOf } from "./search.js";
import { closeOn, draw, FAR, mark, number, place, positionOf } from "./drawing.js";

const MOST_STOPS = 10;

export class RouteMap {
  #L;
  #map;
  #list;
  #marks;
  #way;
  #status;
  #search;

  constructor(L, box) {
    this.#L = L;
    this.#map = draw(L, box, gettext("Map: a click adds a place to the route"));
    this.#map.dragging.enable();
    this.#map.doubleClickZoom.disable();
    this.#list = box.closest("[data-route]").querySelector("ol");
    this.#status = box.closest("[data-route]").querySelector("[data-route-status]");
    this.#marks = L.layerGroup().addTo(this.#map);
    this.#way = L.polyline([], { className: "route-way", interactive: false }).addTo(this.#map);
    this.#map.on("click", ({ latlng }) => this.#add(latlng.wrap()));
    this.#list.addEventListener("input", () => this.show());
    this.#list.addEventListener("change", () => this.#see());
    this.#list.addEventListener("click", (event) => this.#press(event));
    this.#search = new PlaceSearch(box.closest("[data-route]").querySelector("[data-route-find]"), (found) => this.#choose(found));
    for (const row of this.#list.children) this.#fold(row);
    this.#begin(positionOf(box));
    this.show();
  }

  get #rows() {
    return [...this.#list.children].map((row) => [...row.querySelectorAll("input")]);
  }

  get #stops() {
    return this.#rows.map(([latitude, longitude], index) => ({ index, at: place(number(latitude.value), number(longitude.value)) })).filter(({ at }) => at);
  }

  #begin(vehicle) {
    if (vehicle) this.#L.marker(vehicle, { icon: mark(this.#L, "vehicle-mark"), interactive: false, keyboard: false }).addTo(this.#map);
    const places = [...this.#stops.map(({ at }) => at), ...(vehicle ? [vehicle] : [])];
    if (places.length > 1) this.#fit(places);
    else this.#map.setView(places[0] ?? [30, 10], places.length ? closeOn(this.#map.getContainer()) - 2 : FAR, { animate: false });
  }

  #fit(places) {
    this.#map.fitBounds(places, { maxZoom: closeOn(this.#map.getContainer()), padding: [30, 30], animate: false });
  }

  // What is typed may lie outside of the map as it stands.
  #see() {
    const places = this.#stops.map(({ at }) => at);
    if (places.some((at) => !this.#map.getBounds().contains(at))) this.#fit(places);
  }

  show() {
    const stops = this.#stops;
    this.#marks.clearLayers();
    for (const { index, at } of stops) {
      const icon = mark(this.#L, "route-mark", String(index + 1));
      const stop = this.#L.marker(at, { icon, draggable: true, keyboard: false }).addTo(this.#marks);
      stop.on("dragend", () => this.#fill(index, stop.getLatLng().wrap()));
    }
    this.#way.setLatLngs(stops.map(({ at }) => at));
    this.#tell(stops);
  }

  // Each row says where it leads.
  async #tell(stops) {
    const words = [...this.#list.children].map((row) => row.querySelector("[data-words]"));
    for (const [index, element] of words.entries()) {
      const stop = stops.find((one) => one.index === index);
      const key = stop ? stop.at.join() : "";
      if (element.dataset.words === key && key) continue;
      element.dataset.words = key;
      element.textContent = stop ? stop.at.map((degrees) => degrees.toFixed(4)).join(", ") : gettext("No place yet");
      if (!stop) continue;
      const said = await wordsOf(this.#search.wordsAddress, stop.at);
      if (said && element.dataset.words === key) element.textContent = said;
    }
  }

  #fold(row) {
    const details = row.querySelector("details");
    details.open = "wrong" in details.dataset || Boolean(details.querySelector("[autofocus]"));
    row.querySelector("[data-acts]").hidden = false;
  }

  #choose({ name, latitude, longitude }) {
    const index = this.#add({ lat: latitude, lng: longitude });
    if (index === undefined) return;
    this.#say(gettext("Place %s is set: %s", index + 1, name));
    this.#fit(this.#stops.map(({ at }) => at));
  }

  // Rows stay, what stands in them moves: so their names and labels stay right.
  #press(event) {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    const rows = this.#rows;
    const index = [...this.#list.children].indexOf(event.target.closest("li"));
    const values = rows.map((inputs) => inputs.map((input) => input.value));
    const other = act === "up" ? index - 1 : index + 1;
    if (act === "remove") values.push(values.splice(index, 1)[0].map(() => ""));
    else if (values[other]) [values[index], values[other]] = [values[other], values[index]];
    for (const [place, inputs] of rows.entries()) for (const [part, input] of inputs.entries()) input.value = values[place][part];
    this.show();
    if (act === "remove") this.#say(gettext("Place %s is removed.", index + 1));
  }

  #add(at) {
    const free = this.#rows.findIndex((inputs) => inputs.every((input) => !input.value.trim()));
    if (free < 0 && !this.#grow()) {
      this.#say(gettext("A route has 10 places at the most."));
      return undefined;
    }
    const index = free < 0 ? this.#rows.length - 1 : free;
    this.#fill(index, at);
    this.#say(gettext("Place %s is set: %s, %s", index + 1, at.lat.toFixed(5), at.lng.toFixed(5)));
    return index;
  }

  #fill(index, at) {
    const [latitude, longitude] = this.#rows[index];
    [latitude.value, longitude.value] = [at.lat.toFixed(6), at.lng.toFixed(6)];
    this.show();
  }

  // One row more, as the last one but for its number and what stands in it.
  #grow() {
    const count = this.#list.children.length;
    if (count >= MOST_STOPS) return false;
    const row = this.#list.lastElementChild.cloneNode(true);
    const renumber = (text) => text.replace(new RegExp(`${count}(?!\\d)`), count + 1);
    for (const element of row.querySelectorAll("*")) {
      for (const name of ["id", "name", "for"]) if (element.hasAttribute(name)) element.setAttribute(name, renumber(element.getAttribute(name)));
      if (element.ariaLabel) element.ariaLabel = renumber(element.ariaLabel);
      for (const name of ["aria-invalid", "aria-describedby", "autofocus"]) element.removeAttribute(name);
      if (!element.children.length) element.textContent = renumber(element.textContent);
    }
    for (const error of row.querySelectorAll(".field-error")) error.remove();
    for (const input of row.querySelectorAll("input")) input.value = "";
    row.querySelector("[data-words]").dataset.words = "";
    this.#list.append(row);
    return true;
  }

  #say(words) {
    this.#status.textContent = words;
  }

  remove() {
    this.#map.remove();
  }
}
