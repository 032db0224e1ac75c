// What every kind of map shares: how it is drawn and moved, marks on it, and places as coordinates.
import { gettext } from "../words.js";
import { ground } from "./ground.js";

// Zooms: of the world, and of a place with its streets; without tiles there are none, and the towns around say more.
export const FAR = 2;
export const closeOn = (box) => (box.dataset.tiles ? 15 : 11);

export function draw(L, box, label) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, {
    zoomControl: false,
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
  map.attributionControl.setPrefix(false);
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

export function mark(L, name, text = "") {
  const element = document.createElement("span");
  element.textContent = text;
  return L.divIcon({ className: `map-mark ${name}`, html: element, iconSize: null });
}

export function number(text) {
  const value = text.trim().replace(",", ".");
  return /^[-+]?\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
}

export function place(latitude, longitude) {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [latitude, longitude] : null;
}

export function positionOf(element) {
  return element && place(Number(element.dataset.latitude), Number(element.dataset.longitude));
}
