// Shows the paragraph under review as the page holds it, and a new one when it comes in.

import {
  drawConflicts,
  drawVersions,
  readVersions,
  scrollVersions,
  selectConflict,
} from "./adjudication.js";
import { drawArcs } from "./arcs.js";
import { byId, element, fill, patch } from "./dom.js";
import { dropHints } from "./hints.js";
import { anchor } from "./layers.js";
import { whenNear } from "./near.js";
import { Paragraph } from "./paragraph.js";
import { drawSentences, forgetNodes, nodes, workspace } from "./sentences.js";
import { page, range, selectMark } from "./state.js";
import { drawCable, drawCaption, drawContext, pathOf, say } from "./view.js";

export function draw(options) {
  const { task, paragraph } = page;
  patch(workspace, drawSentences(paragraph));
  drawCaption(task, paragraph);
  if (task.versions) {
    drawVersions(page);
    drawConflicts();
    scrollVersions();
  }
  drawSelection(options);
}

const MARKED = ["selected", "current", "cursor"];
let marked = []; // the nodes that show what is selected

function mark(className, ...found) {
  for (const node of found.filter(Boolean)) {
    node.classList.add(className);
    marked.push(node);
  }
}

export function drawSelection({ scroll = true } = {}) {
  const { paragraph, selection, activeClaim } = page;
  for (const node of marked) node.classList.remove(...MARKED);
  marked = [];
  const { first, end } = range();
  mark("selected", ...nodes.tokens.slice(first, end), ...nodes.gaps.slice(first, end - 1));
  if (!page.mark) mark("cursor", nodes.tokens[selection.head]);
  mark("current", nodes.sentences[paragraph.sentenceAt(selection.head)]);
  const entity = paragraph.entities[page.mark?.entity];
  if (entity) mark("selected", ...marksOf(entity));
  mark("current", ...nodesOfClaim(activeClaim));
  if (page.mark?.role) mark("selected", ...nodesOfClaim(page.mark.claim, page.mark.role));
  drawArcs(paragraph, activeClaim);
  if (scroll) nodes.tokens[selection.head]?.scrollIntoView({ block: "nearest" });
}

// An entity is a mark in each sentence that it reaches into.
const marksOf = ({ first, end }) =>
  new Set(nodes.tokens.slice(first, end).map((token) => token.closest("mark")));

// What of the list of claims stands for a claim, or for one part of it.
function nodesOfClaim(number, role = null) {
  const claim = page.paragraph.claims[number];
  if (!claim) return [];
  const row = nodes.sentences[page.paragraph.sentenceAt(anchor(claim).first)];
  const part = role ? `.part[data-role="${role}"]` : "";
  return row.querySelectorAll(`.claims ${part}[data-claim="${number}"]`);
}

whenNear(() => page.task && drawArcs(page.paragraph, page.activeClaim));

export function show(task) {
  page.task = task;
  document.body.classList.toggle("empty", !task);
  byId("paragraph").hidden = !task;
  byId("versions").hidden = !task?.versions;
  byId("banner").hidden = true;
  forgetNodes();
  page.picking = page.activeClaim = page.mark = null;
  page.claimChosen = page.touched = false;
  dropHints();
  if (!task) return showNothing();
  page.paragraph = new Paragraph(task);
  page.selection = { anchor: 0, head: 0 };
  history.replaceState(null, "", `${pathOf(task.paragraph)}${location.search}`);
  drawCable(task);
  drawContext(task);
  if (task.versions) {
    readVersions(task);
    const open = page.paragraph.conflicts.findIndex((one) => !page.paragraph.isDecided(one));
    selectConflict(Math.max(open, 0));
  } else {
    selectLeastCertain();
  }
  draw({ scroll: false });
  say(task.draft ? "Half-done work of before is back. z takes its steps back." : "");
  workspace.focus({ preventScroll: true });
  scrollToParagraph();
}

function showNothing() {
  const filtered = page.queue.label || page.queue.search;
  const nothing = page.session.progress.total === 0;
  const message = filtered
    ? "No open paragraph fits the filter: take it away above, or search all work with /."
    : "Every paragraph that is yours is answered. Undo (z) and back (,) still work.";
  fill(
    byId("cable"),
    element("h2", {}, nothing ? "Nothing to review" : "The queue is empty"),
    element("p", {}, nothing ? "The files hold no paragraph that can be used." : message),
    nothing
      ? element(
          "ul",
          { class: "problems" },
          page.session.problems.slice(0, 50).map((problem) => element("li", {}, problem)),
        )
      : null,
  );
  for (const side of ["before", "after"]) byId(side).replaceChildren();
  history.replaceState(null, "", `/${location.search}`);
}

// A paragraph opens at its beginning; where all of it fits, what stands before it stays in sight.
function scrollToParagraph() {
  if (page.task.versions) return scrollTo(0, 0);
  const section = byId("paragraph");
  const fits = section.offsetHeight < innerHeight - 80;
  section.scrollIntoView({ block: fits ? "nearest" : "start" });
}

// The cursor starts where the model is least sure.
function selectLeastCertain() {
  const scores = page.paragraph.entities.map((entity) => entity.facts.score ?? 1);
  const least = scores.length ? Math.min(...scores) : 1;
  if (least < 0.7) selectMark({ entity: scores.indexOf(least) });
}
