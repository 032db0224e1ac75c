// Names of countries and towns on the ground, as many as fit: large ones first, none over another, a mark or a control.
import { language } from "../words.js";
import { groundData } from "./shapes.js";

const DEGREE = 100;
// Zooms: up to here countries have their names, from here on the server is asked for the towns in view.
const COUNTRIES_TO = 6;
const TOWNS_FROM = 6;
// Inhabitants, in thousands, of the smallest town of each zoom that is named from what is at hand.
const SMALLEST = { 3: 5000, 4: 2500, 5: 900 };

const asked = new Map();

export function namesOf(L) {
  const Names = L.Layer.extend({
    onAdd(map) {
      this._box = L.DomUtil.create("div", "map-names leaflet-zoom-hide", map.getPane("overlayPane"));
      this._box.setAttribute("aria-hidden", "true");
      this._draw();
    },
    onRemove() {
      this._box.remove();
    },
    getEvents() {
      return { moveend: this._draw, resize: this._draw, layeradd: this._added, marks: this._marked };
    },
    // Those of a canvas, in pixels of the world.
    _marked({ frames }) {
      this._marks = frames;
      this._draw();
    },
    _added({ layer }) {
      if (layer instanceof L.Marker) this._draw();
    },
    async _draw() {
      const map = this._map;
      const turn = (this._turn = (this._turn ?? 0) + 1);
      const zoom = map.getZoom();
      if (zoom === undefined) return;
      const names = await Promise.all([groundData().then((data) => atHand(data, zoom)), zoom >= TOWNS_FROM ? townsIn(map) : []])
        .then((lists) => lists.flat(), () => []);
      // Another view may have come meanwhile.
      if (this._map && turn === this._turn) put(L, map, this._box, names, [...(this._marks ?? []), ...takenIn(map)]);
    },
  });
  return new Names();
}

function atHand({ countries, towns }, zoom) {
  const region = new Intl.DisplayNames([language], { type: "region" });
  const named = zoom > COUNTRIES_TO ? [] : countries.filter(([code, , , size]) => code && size > 4000 / 4 ** zoom / 3).toSorted((one, other) => other[3] - one[3]);
  return [
    ...named.map(([code, , [east, north]]) => ({ name: region.of(code), at: [north / DEGREE, east / DEGREE], kind: "country" })),
    ...towns
      .filter(([, , , people]) => zoom < TOWNS_FROM && people >= (SMALLEST[zoom] ?? Infinity))
      .map(([name, east, north]) => ({ name, at: [north / DEGREE, east / DEGREE], kind: "town" })),
  ];
}

// The towns of the squares in view, each of 512 pixels, largest first.
async function townsIn(map) {
  const zoom = Math.floor(map.getZoom()) - 1;
  const { min, max } = map.getPixelBounds();
  const squares = [];
  const most = 2 ** zoom;
  for (let x = Math.floor(min.x / 512); x <= max.x / 512; x += 1)
    for (let y = Math.max(0, Math.floor(min.y / 512)); y <= Math.min(most - 1, max.y / 512); y += 1) squares.push(townsOf(zoom, ((x % most) + most) % most, y));
  const towns = (await Promise.all(squares)).flat();
  return towns.toSorted((one, other) => other[3] - one[3]).map(([name, north, east]) => ({ name, at: [north, east], kind: "town" }));
}

function townsOf(zoom, x, y) {
  const address = `/places/towns/${zoom}/${x}/${y}`;
  if (!asked.has(address)) asked.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : { towns: [] })).then(({ towns }) => towns, () => []));
  return asked.get(address);
}

// Where marks and controls are, in pixels of the world: left, top, right, bottom.
function takenIn(map) {
  const box = map.getContainer();
  const { left, top } = box.getBoundingClientRect();
  const { x, y } = map.getPixelBounds().min;
  return [...box.querySelectorAll(".leaflet-control, .map-mark > span")].map((element) => {
    const at = element.getBoundingClientRect();
    return [at.left - left + x, at.top - top + y, at.right - left + x, at.bottom - top + y];
  });
}

const meet = (one, other) => one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];

// Where a name may stand: around its middle, or to the right or the left of its dot.
function framesOf(kind, x, y, width) {
  if (kind === "country") return { "": [x - width * 0.6 - 5, y - 10, x + width * 0.6 + 5, y + 10] };
  return { "": [x - 5, y - 9, x + width + 12, y + 9], "at-left": [x - width - 12, y - 9, x + 5, y + 9] };
}

function put(L, map, box, names, taken) {
  const view = map.getPixelBounds();
  const edges = [view.min.x, view.min.y, view.max.x, view.max.y];
  const isInside = (frame) => frame[0] >= edges[0] && frame[1] >= edges[1] && frame[2] <= edges[2] && frame[3] <= edges[3];
  const pen = document.createElement("canvas").getContext("2d");
  const { fontSize, fontFamily } = getComputedStyle(map.getContainer());
  pen.font = `${fontSize} ${fontFamily}`;
  const shown = [];
  for (const { name, at, kind } of names) {
    const point = map.project(at, map.getZoom());
    // The world is there more than once beside itself.
    const whole = 256 * 2 ** map.getZoom();
    const x = point.x + Math.round(((view.min.x + view.max.x) / 2 - point.x) / whole) * whole;
    const frames = Object.entries(framesOf(kind, x, point.y, pen.measureText(name).width));
    const [side, frame] = frames.find(([, each]) => isInside(each) && !taken.some((other) => meet(each, other))) ?? [];
    if (!frame) continue;
    taken.push(frame);
    const label = document.createElement("span");
    label.className = `map-name ${kind}-name ${side}`;
    label.textContent = name;
    L.DomUtil.setPosition(label, L.point(x, point.y).subtract(map.getPixelOrigin()).round());
    shown.push(label);
  }
  box.replaceChildren(...shown);
}
