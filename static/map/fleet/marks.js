// The marks of vehicles on a canvas over the map. Each condition has a colour and a form: a diamond needs you, a
// hollow ring was not heard of, a square is under way, a disc is fine. Those in the legend are drawn by fleet_map.css.
const COLOURS = ["--bad", "--muted", "--busy", "--good"];
const FORMS = [diamond, disc, square, disc];
const HOLLOW = 1;
const PALE = 0.5;
// Pixels: half of the width of one vehicle's mark, and of a cluster's by how many digits its number has.
const ONE = 8;
const MANY = [13, 15, 18, 21, 24];

export const radiusOf = ({ keys }) => (keys.length === 1 ? ONE : MANY[Math.min(String(keys.length).length, MANY.length) - 1]);

export class Marks {
  #pen;
  #canvas;

  constructor(box) {
    this.#canvas = Object.assign(document.createElement("canvas"), { className: "map-marks" });
    this.#canvas.setAttribute("aria-hidden", "true");
    box.append(this.#canvas);
    this.#pen = this.#canvas.getContext("2d");
  }

  set hidden(hidden) {
    this.#canvas.style.visibility = hidden ? "hidden" : "";
  }

  // `corner`: the pixel of the world that is at the top left.
  draw(clusters, corner, size, chosen) {
    const sharp = devicePixelRatio || 1;
    const [width, height] = [Math.round(size.x * sharp), Math.round(size.y * sharp)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    const pen = this.#pen;
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.clearRect(0, 0, size.x, size.y);
    const style = getComputedStyle(this.#canvas);
    const paint = { colours: COLOURS.map((name) => style.getPropertyValue(name)), surface: style.getPropertyValue("--surface"), ring: style.getPropertyValue("--focus"), ink: style.getPropertyValue("--ink"), font: style.fontFamily };
    // The gravest last, on top.
    for (const cluster of [...clusters].sort((one, other) => other.condition - one.condition)) {
      const x = cluster.x - corner.x;
      const y = cluster.y - corner.y;
      if (x > -40 && y > -40 && x < size.x + 40 && y < size.y + 40) this.#mark(cluster, x, y, paint, chosen);
    }
  }

  #mark(cluster, x, y, { colours, surface, ring, ink, font }, chosen) {
    const pen = this.#pen;
    const radius = radiusOf(cluster);
    const form = FORMS[cluster.condition];
    const colour = colours[cluster.condition];
    const picked = cluster.keys.filter((key) => chosen.has(key)).length;
    if (picked) {
      pen.beginPath();
      form(pen, x, y, radius + 5);
      pen.lineWidth = 3;
      pen.strokeStyle = ring;
      pen.setLineDash(picked < cluster.keys.length ? [4, 3] : []);
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.globalAlpha = cluster.old ? PALE : 1;
    pen.beginPath();
    form(pen, x, y, radius);
    const isHollow = cluster.condition === HOLLOW;
    pen.fillStyle = isHollow ? surface : colour;
    pen.fill();
    pen.lineWidth = isHollow ? 3.5 : 2;
    pen.strokeStyle = isHollow ? colour : surface;
    pen.stroke();
    pen.globalAlpha = 1;
    if (cluster.keys.length === 1) return;
    pen.font = `700 12px ${font}`;
    [pen.textAlign, pen.textBaseline] = ["center", "middle"];
    // On what is pale the ink of its colour would be lost.
    pen.fillStyle = isHollow || cluster.old ? ink : surface;
    pen.fillText(cluster.keys.length.toLocaleString(document.documentElement.lang), x, y + 0.5);
  }
}

function disc(pen, x, y, radius) {
  pen.arc(x, y, radius, 0, 2 * Math.PI);
}

function square(pen, x, y, radius) {
  pen.roundRect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8, 3);
}

function diamond(pen, x, y, radius) {
  const reach = radius * 1.25;
  pen.moveTo(x, y - reach);
  pen.lineTo(x + reach, y);
  pen.lineTo(x, y + reach);
  pen.lineTo(x - reach, y);
  pen.closePath();
}
