// Draws the lines that tie the parts of a claim together.

import { ROLES } from "./layers.js";
import { isNear } from "./near.js";
import { nodes, workspace } from "./sentences.js";

const SVG = "http://www.w3.org/2000/svg";
const shape = (name, attributes) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

// Lines from the cue (or else the content) of each claim to its other parts; `active` is the number
// of the one in hand. In a long text only where both ends are near the window.
export function drawArcs(paragraph, active) {
  workspace.querySelector("svg.links")?.remove();
  const frame = workspace.getBoundingClientRect();
  const all = !workspace.classList.contains("long");
  const edge = (range) => {
    const token = nodes.tokens[range.first];
    if (!token || !(all || isNear(token.closest(".chunk")))) return null;
    const rect = token.getClientRects()[0];
    return rect && { x: rect.left - frame.left + 12, y: rect.bottom - frame.top + 13 };
  };
  const svg = shape("svg", { class: "links", "aria-hidden": "true" });
  paragraph.claims.forEach((claim, number) => {
    const from = claim.cue ? "cue" : "content";
    const start = claim[from] && edge(claim[from]);
    if (!start) return;
    for (const role of ROLES) {
      const end = role !== from && claim[role] && edge(claim[role]);
      if (end) svg.append(...arc(start, end, `link-${role}${number === active ? " active" : ""}`));
    }
  });
  workspace.append(svg);
}

function arc(a, b, kind) {
  const depth = Math.max(a.y, b.y) + 11;
  const line = `M${a.x} ${a.y} C${a.x} ${depth} ${b.x} ${depth} ${b.x} ${b.y + 2}`;
  const tip = `M${b.x - 3.5} ${b.y + 6} L${b.x} ${b.y + 1} L${b.x + 3.5} ${b.y + 6} Z`;
  return [
    shape("path", { d: line, class: `link ${kind}` }),
    shape("path", { d: tip, class: `tip ${kind}` }),
  ];
}
