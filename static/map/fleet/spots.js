// Where the vehicles are and how they stand, as console/fleet_map/picture.py packs it: four numbers of 32 bits each.
const BYTES = 16;
const DEGREE = 100_000;
const NOWHERE = -(2 ** 31);
const MINUTE = 60_000;
// A position that is older is paler.
const OLD = 24 * 60 * MINUTE;

// By the vehicle's key; `at` is null where no position is known, `told` 0 where its age is not known.
export function readSpots(buffer) {
  const view = new DataView(buffer);
  const spots = new Map();
  for (let place = 0; place < buffer.byteLength; place += BYTES) {
    const north = view.getInt32(place + 4);
    const told = view.getInt32(place + 12);
    const key = view.getInt32(place);
    spots.set(key, { key, at: north === NOWHERE ? null : [north / DEGREE, view.getInt32(place + 8) / DEGREE], told: Math.floor(told / 4) * MINUTE, condition: told & 3 });
  }
  return spots;
}

export const isOld = (spot, now = Date.now()) => now - spot.told > OLD;
