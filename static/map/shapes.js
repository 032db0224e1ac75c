// The shapes and large towns of ground.json, whose format script/make_ground.py describes. Fetched once.
const GROUND = new URL("ground.json", import.meta.url);
const DEGREE = 100;
const POLE = 85.0511;

let fetched;

export function groundData() {
  fetched ??= fetch(GROUND).then((answer) => answer.json());
  return fetched;
}

let drawn;

// Each country as a path in parts of the world's square (Mercator), with the box around it.
export function shapes() {
  drawn ??= groundData().then(({ arcs, countries }) => {
    const lines = arcs.map(pointsOf);
    return countries.map(([, rings]) => shapeOf(rings.map((ring) => ring.flatMap((arc) => (arc < 0 ? lines[~arc].toReversed() : lines[arc])))));
  });
  return drawn;
}

function shapeOf(rings) {
  const path = new Path2D();
  const box = { west: 1, east: 0, north: 1, south: 0 };
  for (const ring of rings) {
    for (const [index, [x, y]] of ring.entries()) {
      if (index) path.lineTo(x, y);
      else path.moveTo(x, y);
      Object.assign(box, { west: Math.min(box.west, x), east: Math.max(box.east, x), north: Math.min(box.north, y), south: Math.max(box.south, y) });
    }
    path.closePath();
  }
  return { path, box };
}

function pointsOf(steps) {
  const points = [];
  let [east, north] = [0, 0];
  for (let place = 0; place < steps.length; place += 2) {
    east += steps[place];
    north += steps[place + 1];
    points.push(inSquare(east / DEGREE, north / DEGREE));
  }
  return points;
}

function inSquare(east, north) {
  const angle = (Math.max(-POLE, Math.min(POLE, north)) * Math.PI) / 180;
  return [east / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + angle / 2)) / (2 * Math.PI)];
}
