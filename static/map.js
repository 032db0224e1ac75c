// Maps: each box of a page with data-map="kind" is drawn by its kind. Leaflet is fetched once a page has a map.
import { FleetMap } from "./map/fleet.js";
import { PlaceMap } from "./map/place.js";
import { RouteMap } from "./map/route.js";
import { VehicleMap } from "./map/vehicle.js";

// new Kind(Leaflet, box), show() as the news of the page come in, remove() when the box has gone.
const KINDS = { vehicle: VehicleMap, route: RouteMap, place: PlaceMap, fleet: FleetMap };
const LEAFLET = new URL("js_lib_leaflet/", import.meta.url);

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
