// Shows the paragraph under review as the page holds it, and a new one when it comes in.

import { drawConflicts, drawVersions, readVersions, scrollVersions, selectConflict } from "./adjudication.js";
import { byId, element, fill, patch } from "./dom.js";
import { dropHints } from "./hints.js";
import { Paragraph } from "./paragraph.js";
import { page, range, selectMark } from "./state.js";
import { drawCable, drawCaption, drawContext, drawLinks, drawSentences, forgetNodes, nodes, pathOf, say, workspace } from "./view.js";

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

export function drawSelection({ scroll = true } = {}) {
  const { paragraph, selection, mark, activeClaim } = page;
  for (const node of workspace.querySelectorAll(".selected, .current, .cursor")) node.classList.remove("selected", "current", "cursor");
  const { first, end } = range();
  for (let index = first; index < end; index += 1) {
    nodes.tokens[index]?.classList.add("selected");
    if (index < end - 1) nodes.gaps[index]?.classList.add("selected");
  }
  if (!mark) nodes.tokens[selection.head]?.classList.add("cursor");
  const row = workspace.querySelector(`.row[data-sentence="${paragraph.sentenceAt(selection.head)}"]`);
  row?.classList.add("current");
  if (mark?.entity !== undefined) workspace.querySelector(`mark[data-entity="${paragraph.entities[mark.entity].first}"]`)?.classList.add("selected");
  for (const node of workspace.querySelectorAll(`.claims [data-claim="${activeClaim}"]`)) node.classList.add("current");
  if (mark?.role) workspace.querySelector(`.part[data-claim="${mark.claim}"][data-role="${mark.role}"]`)?.classList.add("selected");
  drawLinks(paragraph, activeClaim);
  if (scroll) nodes.tokens[selection.head]?.scrollIntoView({ block: "nearest" });
}

export function show(task) {
  page.task = task;
  document.body.classList.toggle("empty", !task);
  byId("paragraph").hidden = !task;
  byId("versions").hidden = !task?.versions;
  byId("banner").hidden = true;
  forgetNodes();
  if (!task) return showNothing();
  page.paragraph = new Paragraph(task);
  page.picking = page.activeClaim = page.mark = null;
  page.claimChosen = page.touched = false;
  dropHints();
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
  const message = filtered ? "No open paragraph fits the filter: take it away above, or search all work with /." : "Every paragraph that is yours is answered. Undo (z) and back (,) still work.";
  fill(
    byId("cable"),
    element("h2", {}, nothing ? "Nothing to review" : "The queue is empty"),
    element("p", {}, nothing ? "The files hold no paragraph that can be used." : message),
    nothing ? element("ul", { class: "problems" }, page.session.problems.slice(0, 50).map((problem) => element("li", {}, problem))) : null,
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
