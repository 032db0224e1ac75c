// The map of a fleet: all its vehicles, those that are close together as one, and choosing some of them. What is chosen
// is kept by the vehicles' keys, so that it stays whatever is filtered, moved or told meanwhile.
import { age } from "../moments.js";
import { gettext, ngettext } from "../words.js";
import { closeOn, draw } from "./drawing.js";
import { clustersOf } from "./fleet/clusters.js";
import { Marks, radiusOf } from "./fleet/marks.js";
import { showPlaces } from "./fleet/places.js";
import { Rectangle } from "./fleet/rectangle.js";
import { readSpots } from "./fleet/spots.js";
import { PlaceSearch } from "./search.js";

// Zoom when all vehicles are at one place, and when one is looked for.
const CLOSEST = 14;
// Until what is chosen is asked about, while more is being chosen.
const PAUSE = 120;
// Pixels around a mark that belong to it, for a finger.
const FINGER = 6;
const CONDITIONS = () => [gettext("Needs you"), gettext("Not heard of"), gettext("Under way"), gettext("Fine")];

export class FleetMap {
  #map;
  #page;
  #marks;
  #tip;
  #rectangle;
  #spots = new Map();
  #clusters = [];
  #chosen = new Set();
  #version = "";
  #reading = false;
  #isFirst = true;
  #drawing = 0;
  #asking = 0;
  #watch;

  constructor(L, box) {
    this.#page = box.closest("[data-fleet-map]");
    this.#map = draw(L, box, gettext("Map of the vehicles"));
    // It is the page's main thing: one finger, and the wheel, move it.
    this.#map.dragging.enable();
    this.#map.scrollWheelZoom.enable();
    this.#marks = new Marks(box);
    this.#tip = box.appendChild(Object.assign(document.createElement("div"), { className: "map-tip", hidden: true }));
    this.#begin();
    const tools = this.#page.querySelector("[data-map-tools]");
    tools.hidden = false;
    this.#rectangle = new Rectangle(this.#map, tools.querySelector("[data-rectangle]"), (area, adds) => this.#chooseIn(area, adds));
    const search = tools.querySelector("[data-map-search]");
    new PlaceSearch(search, ({ latitude, longitude }) => this.#map.setView([latitude, longitude], closeOn(box), { animate: false }));
    const places = search.querySelector("[data-saved]")?.dataset.search;
    if (places) showPlaces(L, this.#map, places);
    this.#listen(box);
    // News and filters bring other positions.
    this.#watch = new MutationObserver(() => this.#look());
    this.#watch.observe(this.#page, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-version", "data-positions"] });
    this.#look();
  }

  #begin() {
    const [zoom, ...at] = location.hash.slice(1).split("/").map(Number);
    if (at.length === 2 && [zoom, ...at].every(Number.isFinite)) {
      this.#map.setView(at, zoom, { animate: false });
      this.#isFirst = false;
    } else this.#map.setView([48, 8], 4, { animate: false });
  }

  #listen(box) {
    this.#map.on("move resize", () => this.#soon());
    this.#map.on("zoomstart", () => (this.#marks.hidden = true));
    this.#map.on("zoomend viewreset", () => this.#cluster());
    this.#map.on("moveend", () => this.#keepView());
    this.#map.on("click", (event) => this.#click(event));
    this.#map.on("mousemove", ({ containerPoint }) => this.#hover(containerPoint));
    this.#map.on("mouseout movestart", () => (this.#tip.hidden = true));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#soon());
    this.#page.addEventListener("click", ({ target }) => this.#press(target));
    this.#page.addEventListener("change", ({ target }) => this.#tick(target));
    document.body.addEventListener("htmx:afterSettle", this.#settled);
    box.addEventListener("keydown", ({ key }) => key === "Escape" && this.#chosen.size && !this.#rectangle.isOn && this.#choose([]));
  }

  // The address that a filter has set is without the view; new rows don't know yet what is chosen.
  #settled = () => {
    this.#keepView();
    this.#showInList();
  };

  #keepView() {
    const { lat, lng } = this.#map.getCenter();
    const places = Math.max(2, Math.ceil(this.#map.getZoom() / 4));
    const hash = `#${this.#map.getZoom()}/${lat.toFixed(places)}/${lng.toFixed(places)}`;
    if (this.#spots.size && hash !== location.hash) history.replaceState(history.state, "", hash);
  }

  async #look() {
    const news = document.getElementById("news");
    const wanted = news && news.dataset.positions + news.dataset.version;
    if (!wanted || wanted === this.#version || this.#reading) return;
    this.#reading = true;
    try {
      const answer = await fetch(news.dataset.positions);
      if (!answer.ok) return;
      this.#spots = readSpots(await answer.arrayBuffer());
      this.#version = wanted;
      if (this.#isFirst) this.#showAll();
      this.#isFirst = false;
      this.#cluster();
      this.#showInList();
    } catch {
      // The mark of the page says that it is out of date; the next news tries again.
    } finally {
      this.#reading = false;
    }
    // Meanwhile there may be others.
    if (this.#version === wanted) this.#look();
  }

  #showAll(keys = this.#spots.keys()) {
    const places = [...keys].map((key) => this.#spots.get(key)?.at).filter(Boolean);
    if (places.length) this.#map.fitBounds(places, { maxZoom: CLOSEST, padding: [40, 40], animate: false });
  }

  #cluster() {
    this.#clusters = clustersOf(this.#map, this.#spots, this.#map.getZoom());
    this.#marks.hidden = false;
    this.#draw();
    // Names of towns keep clear of them.
    const frames = this.#clusters.map((each) => [each.x - radiusOf(each), each.y - radiusOf(each), each.x + radiusOf(each), each.y + radiusOf(each)]);
    this.#map.fire("marks", { frames });
  }

  #soon() {
    this.#drawing ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
    this.#marks.draw(this.#clusters, this.#corner, this.#map.getSize(), this.#chosen);
  }

  // In pixels of the world.
  get #corner() {
    return this.#map.project(this.#map.containerPointToLatLng([0, 0]), this.#map.getZoom());
  }

  // The topmost mark at a point of the box.
  #at({ x, y }) {
    const corner = this.#corner;
    const near = this.#clusters.filter((each) => Math.hypot(each.x - corner.x - x, each.y - corner.y - y) <= radiusOf(each) + FINGER);
    return near.sort((one, other) => one.condition - other.condition)[0];
  }

  #click({ containerPoint, originalEvent }) {
    if (this.#rectangle.isDrawing || this.#rectangle.isOn) return;
    const keys = this.#at(containerPoint)?.keys ?? [];
    if (!(originalEvent.ctrlKey || originalEvent.metaKey)) return this.#choose(keys);
    const all = keys.every((key) => this.#chosen.has(key));
    for (const key of keys) this.#chosen[all ? "delete" : "add"](key);
    this.#changed();
  }

  #hover(point) {
    const cluster = this.#at(point);
    this.#map.getContainer().classList.toggle("over-mark", Boolean(cluster));
    this.#tip.hidden = !cluster;
    if (!cluster) return;
    this.#tip.textContent = this.#words(cluster);
    this.#tip.style.translate = `${point.x + 14}px ${point.y + 14}px`;
  }

  #words({ keys, condition }) {
    const newest = Math.max(...keys.map((key) => this.#spots.get(key).told));
    const when = newest ? age(newest) : gettext("age not known");
    if (keys.length === 1) return `${CONDITIONS()[condition]} · ${when}`;
    const gravest = keys.filter((key) => this.#spots.get(key).condition === condition).length;
    const number = ngettext("%s vehicle", "%s vehicles", keys.length);
    return `${number} · ${CONDITIONS()[condition]}: ${gravest} · ${when}`;
  }

  #chooseIn({ left, top, right, bottom }, adds) {
    const inside = (spot) => {
      if (!spot.at) return false;
      const { x, y } = this.#map.latLngToContainerPoint(spot.at);
      return x >= left && x <= right && y >= top && y <= bottom;
    };
    const keys = [...this.#spots.values()].filter(inside).map(({ key }) => key);
    this.#choose(adds ? [...this.#chosen, ...keys] : keys);
  }

  #choose(keys) {
    this.#chosen = new Set(keys);
    this.#changed();
  }

  #changed() {
    this.#draw();
    this.#showInList();
    clearTimeout(this.#asking);
    this.#asking = setTimeout(() => {
      const form = document.getElementById("choose-form");
      form.elements.keys.value = [...this.#chosen].join(" ");
      htmx.trigger(form, "submit");
    }, PAUSE);
  }

  #press(target) {
    const size = this.#map.getSize();
    if (target.closest("[data-choose-view]")) this.#chooseIn({ left: 0, top: 0, right: size.x, bottom: size.y });
    if (target.closest("[data-choose-none]")) this.#choose([]);
    if (target.closest("[data-show-all]")) this.#showAll();
    if (target.closest("[data-zoom-chosen]")) this.#showAll(this.#chosen);
  }

  #tick(box) {
    const key = Number(box.closest("li[data-key]")?.dataset.key);
    if (!key || box.name !== "vehicle") return;
    this.#chosen[box.checked ? "add" : "delete"](key);
    const at = this.#spots.get(key)?.at;
    if (box.checked && at && !this.#map.getBounds().contains(at)) this.#map.panTo(at);
    this.#changed();
  }

  // The list beside the map says the same; its rows stay where they are.
  #showInList() {
    const words = CONDITIONS();
    for (const row of this.#page.querySelectorAll("li[data-key]")) {
      const spot = this.#spots.get(Number(row.dataset.key));
      row.querySelector("input").checked = this.#chosen.has(Number(row.dataset.key));
      if (!spot) continue;
      const stand = row.querySelector("[data-stand]");
      stand.className = `stand stand-${spot.condition}`;
      stand.firstElementChild.textContent = words[spot.condition];
      const time = row.querySelector("time");
      if (!time || !spot.told || Date.parse(time.dateTime) === spot.told) continue;
      time.dateTime = new Date(spot.told).toISOString();
      time.textContent = age(spot.told);
    }
  }

  // The box is in the page for good.
  show() {}

  remove() {
    this.#watch.disconnect();
    document.body.removeEventListener("htmx:afterSettle", this.#settled);
    this.#map.remove();
  }
}
