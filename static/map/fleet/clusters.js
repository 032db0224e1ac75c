// Vehicles that lie close together at a zoom are drawn as one: those in the same square of a grid over the world.
// The grid does not move with the map, so that nothing jumps while one moves it.
import { isOld } from "./spots.js";

// Pixels.
const SQUARE = 64;
// From this zoom on only those at the very same place are one.
const APART = 17;

// Clusters with x and y in pixels of the world at this zoom, the gravest condition of theirs, and whether all are old.
export function clustersOf(map, spots, zoom) {
  const size = zoom >= APART ? 2 : SQUARE;
  const now = Date.now();
  const squares = new Map();
  for (const spot of spots.values()) {
    if (!spot.at) continue;
    const { x, y } = map.project(spot.at, zoom);
    const name = `${Math.floor(x / size)} ${Math.floor(y / size)}`;
    const cluster = squares.get(name);
    if (!cluster) {
      squares.set(name, { x, y, condition: spot.condition, old: isOld(spot, now), keys: [spot.key] });
      continue;
    }
    const number = cluster.keys.push(spot.key);
    cluster.x += (x - cluster.x) / number;
    cluster.y += (y - cluster.y) / number;
    cluster.condition = Math.min(cluster.condition, spot.condition);
    cluster.old &&= isOld(spot, now);
  }
  return [...squares.values()];
}
