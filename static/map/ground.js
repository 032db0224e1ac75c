// The ground of a map: the tiles of the settings' server, else coasts, borders and a grid of degrees that are drawn here.
// Without tiles nothing comes from elsewhere: shapes are in ground.json (script/make_ground.py), names in names.js.
import { namesOf } from "./names.js";
import { shapes } from "./shapes.js";

// Pixels between two lines of the grid, at the least; nearer than this zoom shapes say little, and the grid is seen.
const GAP = 90;
const GRID_FROM = 9;
// As the licence of the towns asks for.
const ATTRIBUTION = '<a href="https://www.geonames.org/" rel="noopener noreferrer">GeoNames</a> CC BY 4.0, Natural Earth';

export function ground(L, box) {
  if (box.dataset.tiles) {
    // Tile servers want to know which site asks, and no more.
    return L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution, maxZoom: 19, referrerPolicy: "strict-origin" });
  }
  const drawn = new (drawnOf(L))({ attribution: ATTRIBUTION, maxZoom: 19, updateWhenZooming: false });
  const layers = L.layerGroup([drawn, namesOf(L)]);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => drawn.redraw();
  scheme.addEventListener("change", redraw);
  return layers.on("remove", () => scheme.removeEventListener("change", redraw));
}

// A tile is a canvas: the shapes once they are there, and the grid over them.
function drawnOf(L) {
  return L.GridLayer.extend({
    createTile({ x, y, z }, done) {
      const size = this.getTileSize();
      const tile = document.createElement("canvas");
      const sharp = devicePixelRatio || 1;
      [tile.width, tile.height] = [size.x * sharp, size.y * sharp];
      const pen = tile.getContext("2d");
      const style = getComputedStyle(this._map.getContainer());
      const map = this._map;
      shapes()
        .then((countries) => drawShapes(pen, countries, { x, y, z }, size.x * sharp, style), () => {})
        .then(() => {
          pen.setTransform(sharp, 0, 0, sharp, 0, 0);
          if (z >= GRID_FROM) drawGrid(pen, { x: x * size.x, y: y * size.y, width: size.x, height: size.y }, z, map);
          done(null, tile);
        });
      return tile;
    },
  });
}

// Shapes are in parts of the world's square, so that one scale serves all of them.
function drawShapes(pen, countries, { x, y, z }, width, style) {
  const parts = 2 ** z;
  const west = ((x % parts) + parts) % parts;
  const scale = width * parts;
  pen.setTransform(scale, 0, 0, scale, -west * width, -y * width);
  pen.fillStyle = style.getPropertyValue("--map-land");
  pen.strokeStyle = style.getPropertyValue("--map-border");
  pen.lineWidth = (devicePixelRatio || 1) / scale;
  pen.lineJoin = "round";
  for (const { path, box } of countries) {
    if (box.east * parts < west || box.west * parts > west + 1 || box.south * parts < y || box.north * parts > y + 1) continue;
    pen.fill(path, "evenodd");
    pen.stroke(path);
  }
}

function drawGrid(pen, tile, zoom, map) {
  const style = getComputedStyle(map.getContainer());
  const step = stepAt(zoom);
  const corner = map.unproject([tile.x, tile.y], zoom);
  const end = map.unproject([tile.x + tile.width, tile.y + tile.height], zoom);
  pen.strokeStyle = style.getPropertyValue("--grid-line");
  pen.lineWidth = 1;
  for (const east of between(corner.lng, end.lng, step)) {
    const x = Math.round(map.project([corner.lat, east], zoom).x - tile.x) + 0.5;
    line(pen, x, 0, x, tile.height);
  }
  for (const north of between(end.lat, corner.lat, step)) {
    const y = Math.round(map.project([north, corner.lng], zoom).y - tile.y) + 0.5;
    line(pen, 0, y, tile.width, y);
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
