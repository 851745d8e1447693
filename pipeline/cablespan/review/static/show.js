// Shows the paragraph under review as the page holds it, and a new one when it comes in.

import { drawVersions, startFromVersions } from "./adjudication.js";
import { byId, element, fill } from "./dom.js";
import { dropHints } from "./hints.js";
import { Paragraph } from "./paragraph.js";
import { page, range, selectMark } from "./state.js";
import { drawCable, drawCaption, drawContext, drawLinks, drawSentences, say, workspace } from "./view.js";

export function draw() {
  const { task, paragraph } = page;
  const differs = task.versions ? startFromVersions.differs(task) : undefined;
  fill(workspace, ...drawSentences(paragraph, { differs }));
  drawCaption(task, paragraph);
  if (task.versions) drawVersions(task);
  drawSelection();
}

export function drawSelection() {
  const { paragraph, selection, mark, activeClaim } = page;
  for (const node of workspace.querySelectorAll(".selected, .current, .cursor")) node.classList.remove("selected", "current", "cursor");
  const { first, end } = range();
  for (let index = first; index < end; index += 1) {
    workspace.querySelector(`.token[data-token="${index}"]`)?.classList.add("selected");
    if (index < end - 1) workspace.querySelector(`.gap[data-gap="${index}"]`)?.classList.add("selected");
  }
  if (!mark) workspace.querySelector(`.token[data-token="${selection.head}"]`)?.classList.add("cursor");
  const row = workspace.querySelector(`.row[data-sentence="${paragraph.sentenceAt(selection.head)}"]`);
  row?.classList.add("current");
  if (mark?.entity !== undefined) workspace.querySelector(`mark[data-entity="${mark.entity}"]`)?.classList.add("selected");
  for (const node of workspace.querySelectorAll(`.claims [data-claim="${activeClaim}"]`)) node.classList.add("current");
  if (mark?.role) workspace.querySelector(`.part[data-claim="${mark.claim}"][data-role="${mark.role}"]`)?.classList.add("selected");
  drawLinks(paragraph, activeClaim);
  row?.scrollIntoView({ block: "nearest" });
}

export function show(task) {
  page.task = task;
  document.body.classList.toggle("empty", !task);
  byId("paragraph").hidden = !task;
  byId("versions").hidden = !task?.versions;
  byId("banner").hidden = true;
  if (!task) {
    fill(
      byId("cable"),
      element("h2", {}, "The queue is empty"),
      element("p", {}, page.queue.label || page.queue.search ? "No open paragraph fits the filter: take it away above." : "Every paragraph that is yours is answered. Undo (z) and back (,) still work."),
    );
    for (const side of ["before", "after"]) byId(side).replaceChildren();
    return;
  }
  page.paragraph = task.versions && !task.draft && !task.answer ? startFromVersions(task) : new Paragraph(task);
  page.picking = page.activeClaim = page.mark = null;
  dropHints();
  page.selection = { anchor: 0, head: 0 };
  drawCable(task);
  drawContext(task);
  selectLeastCertain();
  draw();
  say(task.draft ? "Half-done work of before is back. z takes its steps back." : "");
  workspace.focus({ preventScroll: true });
  if (task.versions) scrollTo(0, 0);
  else byId("paragraph").scrollIntoView({ block: "nearest" });
}

// The cursor starts where the model is least sure.
function selectLeastCertain() {
  const scores = page.paragraph.entities.map((entity) => entity.facts.score ?? 1);
  const least = scores.length ? Math.min(...scores) : 1;
  if (least < 0.7) selectMark({ entity: scores.indexOf(least) });
}
