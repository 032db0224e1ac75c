// Maps: the last position of a vehicle, and a route to click together. Leaflet is fetched once a page has a map.
// Without tiles a grid of degrees is drawn here: nothing comes from elsewhere unless the settings name a tile server.
import { gettext } from "./words.js";

const LEAFLET = new URL("js_lib_leaflet/", import.meta.url);
const MOST_STOPS = 10;
const CLOSE = 15;
const FAR = 2;
// Pixels between two lines of the grid, at the least.
const GAP = 90;

let leaflet;
const maps = new Map();

function load() {
  leaflet ??= new Promise((resolve, reject) => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("leaflet.css", LEAFLET) });
    const script = Object.assign(document.createElement("script"), { src: new URL("leaflet.js", LEAFLET) });
    script.addEventListener("load", () => resolve(globalThis.L ?? globalThis.leaflet));
    script.addEventListener("error", reject);
    document.head.append(sheet, script);
  });
  return leaflet;
}

// The grid: lines at round degrees with their words.
function gridOf(L) {
  return L.GridLayer.extend({
    createTile({ x, y, z }) {
      const size = this.getTileSize();
      const tile = document.createElement("canvas");
      const sharp = devicePixelRatio || 1;
      [tile.width, tile.height] = [size.x * sharp, size.y * sharp];
      const pen = tile.getContext("2d");
      pen.scale(sharp, sharp);
      drawGrid(pen, { x: x * size.x, y: y * size.y, width: size.x, height: size.y }, z, this._map);
      return tile;
    },
  });
}

function drawGrid(pen, tile, zoom, map) {
  const style = getComputedStyle(map.getContainer());
  const step = stepAt(zoom);
  const corner = map.unproject([tile.x, tile.y], zoom);
  const end = map.unproject([tile.x + tile.width, tile.y + tile.height], zoom);
  pen.strokeStyle = style.getPropertyValue("--grid-line");
  pen.fillStyle = style.getPropertyValue("--grid-ink");
  pen.font = `11px ${style.fontFamily}`;
  // A word that begins in the tile before goes on here.
  const before = map.unproject([tile.x - GAP, tile.y], zoom).lng;
  for (const east of between(before, end.lng, step)) {
    const x = Math.round(map.project([corner.lat, east], zoom).x - tile.x) + 0.5;
    line(pen, x, 0, x, tile.height);
    pen.fillText(degrees(east, step, "E", "W"), x + 4, tile.height / 2 - 6);
  }
  for (const north of between(end.lat, corner.lat, step)) {
    const y = Math.round(map.project([north, corner.lng], zoom).y - tile.y) + 0.5;
    line(pen, 0, y, tile.width, y);
    pen.fillText(degrees(north, step, "N", "S"), 6, y - 5);
  }
}

function line(pen, fromX, fromY, toX, toY) {
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(toX, toY);
  pen.stroke();
}

// Degrees between two lines: 1, 2 or 5 times a power of ten.
function stepAt(zoom) {
  const wanted = (360 * GAP) / (256 * 2 ** zoom);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= wanted);
}

function between(low, high, step) {
  const lines = [];
  for (let number = Math.ceil(low / step); number * step < high; number += 1) lines.push(number * step);
  return lines;
}

function degrees(value, step, positive, negative) {
  const turned = ((((value + 180) % 360) + 360) % 360) - 180;
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const text = Math.abs(turned).toFixed(places);
  return `${text}° ${turned < 0 && Number(text) ? negative : positive}`;
}

function draw(L, box, label) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    zoomControl: false,
    attributionControl: Boolean(box.dataset.tiles),
    scrollWheelZoom: false,
    // One finger moves the page; two move and zoom the map.
    dragging: !matchMedia("(pointer: coarse)").matches,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    maxBounds: [[-85.06, -540], [85.06, 540]],
    minZoom: 1,
    maxZoom: 19,
  });
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  L.control.zoom({ position: "topright", zoomInTitle: gettext("Zoom in"), zoomOutTitle: gettext("Zoom out") }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  ground(L, box).addTo(map);
  // Whoever has come to the map may scroll in it.
  box.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  box.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  const size = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  size.observe(box);
  // A box that has gone is told of once more, when its map is no more.
  map.on("unload", () => size.disconnect());
  return map;
}

function ground(L, box) {
  if (box.dataset.tiles) {
    // Tile servers want to know which site asks, and no more.
    return L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19, referrerPolicy: "strict-origin" });
  }
  const grid = new (gridOf(L))({ maxZoom: 19, updateWhenZooming: false });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => grid.redraw();
  scheme.addEventListener("change", redraw);
  return grid.on("remove", () => scheme.removeEventListener("change", redraw));
}

function mark(L, name, text = "") {
  const element = document.createElement("span");
  element.textContent = text;
  return L.divIcon({ className: `map-mark ${name}`, html: element, iconSize: null });
}

function number(text) {
  const value = text.trim().replace(",", ".");
  return /^[-+]?\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
}

function place(latitude, longitude) {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : null;
}

// The last position of a vehicle: read from the words beside the map, which the news of the page bring up to date.

class VehicleMap {
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
    if (isFirst) this.#map.setView(at, CLOSE, { animate: false });
    else this.#map.panTo(at);
  }

  remove() {
    this.#map.remove();
  }
}

function positionOf(element) {
  return element && place(Number(element.dataset.latitude), Number(element.dataset.longitude));
}

// A route: the rows of the form are the truth, the map shows them, and a click fills in the next one.

class RouteMap {
  #L;
  #map;
  #list;
  #marks;
  #way;
  #status;

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
    else this.#map.setView(places[0] ?? [30, 10], places.length ? CLOSE - 2 : FAR, { animate: false });
  }

  #fit(places) {
    this.#map.fitBounds(places, { maxZoom: CLOSE, padding: [30, 30], animate: false });
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
  }

  #add(at) {
    const free = this.#rows.findIndex((inputs) => inputs.every((input) => !input.value.trim()));
    if (free < 0 && !this.#grow()) return this.#say(gettext("A route has 10 places at the most."));
    const index = free < 0 ? this.#rows.length - 1 : free;
    this.#fill(index, at);
    this.#say(gettext("Place %s is set: %s, %s", index + 1, at.lat.toFixed(5), at.lng.toFixed(5)));
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
      for (const name of ["aria-invalid", "aria-describedby", "autofocus"]) element.removeAttribute(name);
      if (!element.children.length) element.textContent = renumber(element.textContent);
    }
    for (const error of row.querySelectorAll(".field-error")) error.remove();
    for (const input of row.querySelectorAll("input")) input.value = "";
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

const KINDS = { vehicle: VehicleMap, route: RouteMap };

async function showMaps() {
  const boxes = [...document.querySelectorAll("[data-map]")].filter((box) => !maps.has(box));
  if (!boxes.length) return;
  try {
    const L = await load();
    for (const box of boxes) if (box.isConnected && !maps.has(box)) maps.set(box, new KINDS[box.dataset.map](L, box));
  } catch {
    // The coordinates stand there in words.
    for (const box of boxes) box.hidden = true;
  }
}

function leaveMaps() {
  for (const [box, map] of maps) {
    if (box.isConnected) continue;
    map.remove();
    maps.delete(box);
  }
}

// What comes into the page and leaves it: a dialog with a map, and news of where the vehicle is.
new MutationObserver(() => {
  leaveMaps();
  showMaps();
  maps.get(document.getElementById("map"))?.show();
}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-latitude", "data-longitude"] });
showMaps();
