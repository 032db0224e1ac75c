// The places that the fleet has saved, small and named, below its vehicles.
import { mark } from "../drawing.js";
import { found } from "../search.js";

export async function showPlaces(L, map, address) {
  const pane = map.createPane("saved-places");
  pane.style.zIndex = 420;
  for (const { name, latitude, longitude } of await found(address, "")) {
    const icon = mark(L, "saved-place", name);
    L.marker([latitude, longitude], { icon, interactive: false, keyboard: false, pane: "saved-places" }).addTo(map);
  }
}
