"""Text that stands outside of the box that holds it, or that the box cuts off: measured in the browser."""

from playwright.sync_api import Page

# A box that scrolls by itself, or that ends its text with an ellipsis, holds what is in it; so does one that is seen by
# screen readers alone, which is clipped.
_MEASURE = """
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const isShown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const holder = text.parentElement;
    if (!text.data.trim() || !isShown(holder) || holder.closest("svg, .leaflet-container, select")) continue;
    range.selectNodeContents(text);
    const lines = [...range.getClientRects()].filter((line) => line.width > 1 && line.height > 1);
    const right = Math.max(...lines.map((line) => line.right));
    const left = Math.min(...lines.map((line) => line.left));
    for (let box = holder; lines.length && box !== document.documentElement; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.clipPath !== "none") break;
      if (style.display === "inline" || style.display === "contents") continue;
      if (/auto|scroll/.test(style.overflowX)) break;
      if (style.overflowX !== "visible" && style.textOverflow === "ellipsis") break;
      const edge = box.getBoundingClientRect();
      const over = Math.max(right - edge.right, edge.left - left);
      if (over > 1.5) {
        const name = `${box.tagName}.${box.className}`;
        found.push(`"${text.data.trim().slice(0, 60)}" stands ${Math.round(over)} px outside of ${name}`);
        break;
      }
      if (style.position === "fixed" || style.position === "absolute") break;
    }
  }
  return found;
}
"""


def text_outside(page: Page) -> list[str]:
    """What stands outside of its box on the page as it is, a line each with how many CSS pixels it is."""
    found: list[str] = page.evaluate(_MEASURE)
    return found
