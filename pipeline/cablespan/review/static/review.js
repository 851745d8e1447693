// The page: holds the paragraph under review, turns keys and the mouse into edits, and saves before it goes on.

import { drawVersions, startFromVersions, takePart, takeSentence } from "./adjudication.js";
import { ask, askLabel, askText, openGuidelines } from "./dialogs.js";
import { byId, element, fill, kbd } from "./dom.js";
import { dropHints, hintKey, hintsShown, showHints } from "./hints.js";
import { ACTIONS, actionOf } from "./keys.js";
import { Paragraph, ROLES, sameRange } from "./paragraph.js";
import { drafts, get, pending, post, postUntilSaved } from "./server.js";
import { caption, drawCable, drawContext, drawHelp, drawLegend, drawLinks, drawProgress, drawSentences } from "./view.js";

const CERTAINTIES = [null, "asserted", "hedged", "denied", "asked"];

const workspace = byId("workspace");
let session;
let task = null;
let paragraph = null;
let versions = { version: 0, draft: 0 };
let selection = { anchor: 0, head: 0 };
let mark = null; // {entity: n} or {claim: n, role}
let activeClaim = null;
let picking = null; // index in ROLES while a new claim is being picked
let busy = false;
let draftTimer = 0;
const queue = { order: localStorage.getItem("cablespan.order") ?? "order", label: "", search: "" };

const range = () => ({ first: Math.min(selection.anchor, selection.head), end: Math.max(selection.anchor, selection.head) + 1 });
const say = (message) => (byId("status").textContent = message);

// --- drawing ---

function draw() {
  const differs = task.versions ? startFromVersions.differs(task, paragraph) : undefined;
  fill(workspace, ...drawSentences(paragraph, { differs }));
  fill(
    byId("caption"),
    element("strong", {}, caption(task)),
    task.answer ? element("span", { class: `answered ${task.answer.action}` }, `answered: ${task.answer.action}`) : null,
    paragraph.flagged ? element("span", { class: "flag" }, "⚑ flagged") : null,
    paragraph.comment ? element("button", { type: "button", class: "comment", onclick: () => act("comment"), title: "Change the comment" }, `“${paragraph.comment}”`) : null,
  );
  if (task.versions) drawVersions(task, paragraph, takeVersion, takeMark);
  drawSelection();
}

function drawSelection() {
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
  drawLinks(workspace, paragraph, activeClaim);
  row?.scrollIntoView({ block: "nearest" });
}

function drawQueue() {
  const orders = { order: "as imported", uncertainty: "least certain first" };
  const filters = [
    ["label", queue.label],
    ["search", queue.search],
  ].filter(([, value]) => value);
  const adjudicating = session.mode === "adjudicator";
  fill(
    byId("queue"),
    element("button", { type: "button", onclick: () => act("order"), title: "Order of the queue (o)", disabled: adjudicating }, adjudicating ? "differing first" : orders[queue.order]),
    ...filters.map(([name, value]) => element("button", { type: "button", class: "filter", title: "Take the filter away", onclick: () => filter(name, "") }, `${name}: ${value} ✕`)),
  );
}

function drawAnswers() {
  const button = (name, text, key, kind = "") => element("button", { type: "button", class: kind, "data-action": name, onclick: () => act(name) }, text, " ", kbd(key));
  fill(
    byId("answers"),
    button("accept", session.mode === "adjudicator" ? "Make gold" : "Accept", "⏎", "primary"),
    button("reject", "Reject", "x"),
    button("ignore", "Ignore", "space"),
    element("span", { class: "spring" }),
    button("undo", "Undo", "z"),
    button("comment", "Comment", "c"),
    button("flag", "Flag", "b"),
  );
}

// --- a task comes in ---

function show(next) {
  clearTimeout(draftTimer);
  draftTimer = 0;
  task = next;
  document.body.classList.toggle("empty", !task);
  byId("paragraph").hidden = !task;
  byId("versions").hidden = !task?.versions;
  byId("banner").hidden = true;
  if (!task) {
    fill(
      byId("cable"),
      element("h2", {}, "The queue is empty"),
      element("p", {}, queue.label || queue.search ? "No open paragraph fits the filter: take it away above." : "Every paragraph that is yours is answered. Undo (z) and back (,) still work."),
    );
    for (const side of ["before", "after"]) byId(side).replaceChildren();
    return;
  }
  versions = { version: task.version, draft: task.draft_version };
  const kept = drafts.of(task.id);
  if (kept && kept.version === versions.version && kept.draft_version === versions.draft) task.draft = kept.state;
  else drafts.drop(task.id);
  paragraph = task.versions && !task.draft && !task.answer ? startFromVersions(task) : new Paragraph(task);
  picking = activeClaim = mark = null;
  dropHints();
  selection = { anchor: 0, head: 0 };
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
  const scores = paragraph.entities.map((entity) => entity.facts.score ?? 1);
  const least = scores.length ? Math.min(...scores) : 1;
  if (least < 0.7) selectMark({ entity: scores.indexOf(least) });
}

function selectMark(found) {
  mark = found;
  const place = found.entity !== undefined ? paragraph.entities[found.entity] : paragraph.claims[found.claim][found.role];
  if (found.claim !== undefined) activeClaim = found.claim;
  selection = { anchor: place.first, head: place.end - 1 };
}

// --- saving ---

function changed() {
  draw();
  byId("saved").textContent = "…";
  const state = paragraph.state();
  drafts.keep(task.id, { version: versions.version, draft_version: versions.draft, state });
  clearTimeout(draftTimer);
  draftTimer = setTimeout(saveDraft, 250);
}

let draftRun = null; // the draft that is on its way: an answer must not overtake it

function saveDraft({ keepalive = false } = {}) {
  clearTimeout(draftTimer);
  if (!draftTimer) return draftRun;
  draftTimer = 0;
  const [of, state] = [task, paragraph.state()];
  draftRun = (draftRun ?? Promise.resolve()).then(async () => {
    if (of !== task) return;
    try {
      const saved = await post("/api/draft", { task: of.id, version: versions.version, draft_version: versions.draft, state }, { keepalive });
      if (of !== task) return;
      versions.draft = saved.draft_version;
      drafts.drop(of.id);
      byId("banner").hidden = true;
      byId("saved").textContent = "draft saved";
    } catch (error) {
      if (of !== task) return;
      if (error.status === 409) return conflict(error.body.current, null);
      byId("saved").textContent = "not saved";
      banner(`Your work is not saved yet. ${error.message} It is kept in this browser.`, () => retryDraft());
      draftTimer = setTimeout(saveDraft, 3000);
    }
  });
  return draftRun;
}

function retryDraft() {
  draftTimer ||= 1;
  saveDraft();
}

function banner(message, retry) {
  const node = byId("banner");
  fill(node, element("span", {}, message), retry ? element("button", { type: "button", onclick: retry }, "Retry now") : "");
  node.hidden = false;
}

async function answer(action) {
  if (action === "accept") {
    const obstacle = paragraph.obstacle();
    if (obstacle) {
      const first = paragraph.statements[obstacle.sentence].first;
      selection = { anchor: first, head: first };
      mark = null;
      drawSelection();
      return say(`${obstacle.message}`);
    }
  }
  const { layers, comment, flagged, edits } = paragraph.state();
  const uuid = crypto.randomUUID();
  const body = { uuid, task: task.id, action, layers, comment, flagged, edits, queue };
  await locked(async () => {
    clearTimeout(draftTimer);
    draftTimer = 0;
    await draftRun;
    await send(body);
  });
}

// One answer, until it is on the server's disk; the next paragraph comes with the receipt.
async function send(body) {
  byId("saved").textContent = "saving …";
  try {
    const saved = await postUntilSaved("/api/answer", { ...body, version: body.version ?? versions.version }, (error, now) => {
      byId("saved").textContent = "not saved";
      banner(`Your answer is not saved yet. ${error.message} It is tried again by itself.`, now);
    });
    drafts.drop(body.task);
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    drawProgress(saved.progress);
    show(saved.next);
    byId("saved").textContent = `saved ${time}`;
  } catch (error) {
    byId("saved").textContent = "not saved";
    if (error.status === 409) conflict(error.body.current, body);
    else banner(error.message);
  }
}

// Nothing else happens while `work` runs.
async function locked(work) {
  if (busy) return;
  busy = true;
  document.body.classList.add("busy");
  try {
    await work();
  } catch (error) {
    if (error.status === 404) say(error.message);
    else banner(error.message);
  } finally {
    busy = false;
    document.body.classList.remove("busy");
  }
}

// The same paragraph was changed in another tab. What is there is shown; the annotator chooses.
function conflict(current, body) {
  const there = current.answer ? `It was answered “${current.answer.action}”` : current.draft ? "It has a newer draft" : "Its answer was undone";
  ask("Changed in another tab", [element("p", {}, `${there} in another tab or window. Nothing is lost: choose which is to stand.`)], [
    ["Take what is there", () => show(current)],
    [
      "Keep mine",
      () => {
        versions = { version: current.version, draft: current.draft_version };
        if (body) locked(() => send({ ...body, uuid: crypto.randomUUID(), version: current.version }));
        else changed();
      },
    ],
  ]);
}

// --- moving ---

async function load(parameters, path = "/api/next") {
  await locked(async () => {
    if (task) await saveDraft();
    const body = await get(path, parameters);
    if (body.progress) drawProgress(body.progress);
    show(body.task);
  });
}

const step = (direction) => load({ id: task?.id ?? Number.MAX_SAFE_INTEGER, step: direction }, "/api/task");

function filter(name, value) {
  queue[name] = value;
  localStorage.setItem("cablespan.order", queue.order);
  drawQueue();
  load(queue);
}

async function undo() {
  if (task && paragraph.undo()) {
    forgetMark();
    changed();
    return say(`Undone. ${paragraph.edits.length} more edits of this paragraph can be undone.`);
  }
  await locked(async () => {
    if (task) await saveDraft();
    const back = await post("/api/undo", { uuid: crypto.randomUUID() });
    drawProgress(back.progress);
    show(back.task);
    say("Your last answer is taken back; its paragraph is here again.");
  });
}

// --- marks ---

const forgetMark = () => {
  mark = null;
  if (activeClaim !== null && activeClaim >= paragraph.claims.length) activeClaim = null;
  const last = paragraph.tokens.length - 1;
  selection = { anchor: Math.min(selection.anchor, last), head: Math.min(selection.head, last) };
};

function entityKey(index) {
  const label = session.labels.entities[index]?.label;
  if (!label) return;
  const { first, end } = range();
  const here = end - first === 1 ? paragraph.entityAt(first) : paragraph.entities.findIndex((e) => sameRange(e, range()));
  const known = mark?.entity ?? (here >= 0 ? here : null);
  if (known !== null) {
    paragraph.relabelEntity(known, label);
    selectMark({ entity: known });
  } else {
    selectMark({ entity: paragraph.addEntity(trimmed(range()), label) });
  }
  changed();
  say(`${label}: ${paragraph.text(range())}`);
}

function trimmed({ first, end }) {
  const blank = (i) => !paragraph.tokens[i].text.trim();
  while (end - first > 1 && blank(end - 1)) end -= 1;
  while (end - first > 1 && blank(first)) first += 1;
  return { first, end };
}

function statementKey(index) {
  const label = session.labels.statements[index].label;
  const sentence = paragraph.sentenceAt(selection.head);
  paragraph.labelSentence(sentence, label);
  changed();
  say(`Sentence ${sentence + 1}: ${label}`);
}

const claimRow = (claim) => paragraph.sentenceAt((claim.cue ?? claim.source ?? claim.content).first);

// s, d, f: the selection becomes that part of the claim in hand, or begins one. Straight behind the cue, source and content are guessed.
function roleKey(index) {
  const role = ROLES[index];
  const inHand = activeClaim !== null && claimRow(paragraph.claims[activeClaim]) === paragraph.sentenceAt(selection.head) ? activeClaim : null;
  const claim = inHand === null ? null : paragraph.claims[inHand];
  let place = trimmed(range());
  const atCue = claim?.cue && mark?.role && role !== "cue" && sameRange(claim[mark.role], range());
  if (atCue) place = paragraph.guessPart(role, claim.cue);
  else if (mark?.entity !== undefined) place = { first: paragraph.entities[mark.entity].first, end: paragraph.entities[mark.entity].end };
  if (!place) return say(`No ${role} was found beside the cue: select it, then press the key.`);
  const number = paragraph.setClaimPart(inHand, role, place);
  selectMark({ claim: number, role });
  changed();
  say(`Claim ${number + 1}, ${role}: ${paragraph.text(place)}`);
}

// Picking a new claim: each selection becomes the next part.
function picked() {
  if (picking === null) return;
  const role = ROLES[picking];
  activeClaim = paragraph.setClaimPart(activeClaim, role, trimmed(range()));
  picking += 1;
  if (picking === ROLES.length) picking = null;
  changed();
  say(picking === null ? `Claim ${activeClaim + 1} is complete.` : `Select the ${ROLES[picking]}; 0 for none, Escape stops.`);
}

function moveEdge(edge, by) {
  const moved = range();
  moved[edge] += by;
  if (moved.first < 0 || moved.end > paragraph.tokens.length || moved.first >= moved.end) return;
  if (mark?.entity !== undefined) {
    selectMark({ entity: paragraph.moveEntity(mark.entity, moved) });
    return changed();
  }
  if (mark?.role) {
    paragraph.moveClaimPart(mark.claim, mark.role, moved);
    selectMark(mark);
    return changed();
  }
  selection = { anchor: moved.first, head: moved.end - 1 };
  drawSelection();
}

function deleteMark() {
  const here = mark ?? (paragraph.entityAt(selection.head) >= 0 ? { entity: paragraph.entityAt(selection.head) } : null);
  if (!here) return say("No mark is selected.");
  if (here.entity !== undefined) paragraph.deleteEntity(here.entity);
  else paragraph.deleteClaim(here.claim, here.role);
  forgetMark();
  selection.head = selection.anchor;
  changed();
  say("Deleted.");
}

// The next mark in the text after the cursor, or before it.
function stepMark(all, direction) {
  if (!all.length) return say("There is none.");
  all.sort((a, b) => a.place.first - b.place.first || a.place.end - b.place.end);
  const current = all.findIndex(({ found }) => JSON.stringify(found) === JSON.stringify(mark));
  let next;
  if (current >= 0) next = (current + direction + all.length) % all.length;
  else {
    const behind = all.findIndex(({ place }) => place.first >= selection.head);
    next = direction > 0 ? (behind >= 0 ? behind : 0) : ((behind >= 0 ? behind : all.length) - 1 + all.length) % all.length;
  }
  selectMark(all[next].found);
  drawSelection();
}

const entities = () => paragraph.entities.map((place, entity) => ({ place, found: { entity } }));
const parts = () => paragraph.claims.flatMap((claim, number) => ROLES.filter((role) => claim[role]).map((role) => ({ place: claim[role], found: { claim: number, role } })));

function moveWord(by) {
  const { first, end } = range();
  let at = mark || end - first > 1 ? (by > 0 ? end : first - 1) : selection.head + by;
  const blank = (i) => paragraph.tokens[i] && !paragraph.tokens[i].text.trim();
  while (blank(at)) at += by;
  if (at < 0 || at >= paragraph.tokens.length) return;
  mark = null;
  selection = { anchor: at, head: at };
  drawSelection();
}

function moveSentence(by) {
  const sentence = paragraph.sentenceAt(selection.head) + by;
  if (!paragraph.statements[sentence]) return;
  mark = null;
  const { first } = paragraph.statements[sentence];
  selection = { anchor: first, head: first };
  drawSelection();
}

// --- adjudication ---

function takeVersion(index, sentence = null) {
  const version = task.versions?.[index];
  if (!version) return;
  if (sentence === null) paragraph.replaceLayers(version.layers);
  else takeSentence(paragraph, version.layers, sentence);
  forgetMark();
  changed();
  say(`${version.annotator}'s version is taken.`);
}

function takeMark(layer, value) {
  takePart(paragraph, layer, value);
  forgetMark();
  changed();
}

// --- keys and mouse ---

function hint(places) {
  const letters = showHints(places);
  say(hintsShown() ? `Press ${letters === 2 ? "the two letters" : "the letter"} of a place; Escape leaves.` : "There is none.");
}

const EDITS = {
  comment: () => askText("Comment", "Comment on this paragraph", paragraph.comment, (text) => {
    paragraph.setComment(text);
    changed();
  }, { lines: true }),
  flag: () => {
    paragraph.toggleFlag();
    changed();
    say(paragraph.flagged ? "Flagged." : "The flag is gone.");
  },
  redo: () => {
    if (!paragraph.redo()) return say("Nothing to redo.");
    forgetMark();
    changed();
  },
  accept: () => answer("accept"),
  reject: () => answer("reject"),
  ignore: () => answer("ignore"),
  wordLeft: () => moveWord(-1),
  wordRight: () => moveWord(1),
  sentenceUp: () => moveSentence(-1),
  sentenceDown: () => moveSentence(1),
  nextEntity: () => stepMark(entities(), 1),
  previousEntity: () => stepMark(entities(), -1),
  nextPart: () => stepMark(parts(), 1),
  previousPart: () => stepMark(parts(), -1),
  goToMark: () => {
    const tokenNode = (place) => workspace.querySelector(`.sentence [data-token="${place.first}"]`);
    const node = ({ found, place }) => (found.entity !== undefined ? workspace.querySelector(`mark[data-entity="${found.entity}"]`) : workspace.querySelector(`.part[data-claim="${found.claim}"][data-role="${found.role}"]`)) ?? tokenNode(place);
    hint([...entities(), ...parts()].map((one) => ({ node: node(one), choose: () => selectMark(one.found) })));
  },
  goToWord: () => {
    const { first, end } = paragraph.statements[paragraph.sentenceAt(selection.head)];
    const words = paragraph.tokens.slice(first, end).filter((token) => /[\p{L}\p{N}]/u.test(token.text));
    hint(words.map(({ index }) => ({ node: workspace.querySelector(`.token[data-token="${index}"]`), choose: () => {
      mark = null;
      selection = { anchor: index, head: index };
    } })));
  },
  clear: () => {
    if (picking !== null) picking = null;
    else if (mark || selection.anchor !== selection.head || activeClaim !== null) activeClaim = null;
    else return byId("answers").querySelector("button").focus();
    mark = null;
    selection.anchor = selection.head;
    drawSelection();
    say("");
  },
  endRight: () => moveEdge("end", 1),
  endLeft: () => moveEdge("end", -1),
  startLeft: () => moveEdge("first", -1),
  startRight: () => moveEdge("first", 1),
  delete: deleteMark,
  deleteClaim: () => {
    if (activeClaim === null) return say("No claim is selected.");
    paragraph.deleteClaim(activeClaim);
    activeClaim = null;
    forgetMark();
    changed();
  },
  split: () => (paragraph.splitSentence(selection.head) ? changed() : say("Put the cursor on the word that begins the new sentence.")),
  merge: () => (paragraph.mergeSentence(paragraph.sentenceAt(selection.head)) ? changed() : say("There is no sentence behind this one.")),
  newClaim: () => {
    activeClaim = mark = null;
    picking = 0;
    drawSelection();
    say("New claim: select the source; 0 for none, Escape stops.");
  },
  certainty: () => {
    if (activeClaim === null) return say("No claim is selected.");
    const now = CERTAINTIES.indexOf(paragraph.claims[activeClaim].certainty);
    const next = CERTAINTIES[(now + 1) % CERTAINTIES.length];
    paragraph.setCertainty(activeClaim, next);
    changed();
    say(`Certainty: ${next ?? "none"}`);
  },
};

const MOVES = {
  undo,
  back: () => step(-1),
  forward: () => step(1),
  order: () => session.mode === "annotator" && filter("order", queue.order === "order" ? "uncertainty" : "order"),
  label: () => askLabel(session.labels, (label) => filter("label", label)),
  search: () => askText("Only paragraphs with the words", "Words", queue.search, (text) => filter("search", text)),
  guidelines: openGuidelines,
  help: () => byId("help").showModal(),
};

function act(action) {
  if (busy) return;
  if (typeof action === "string") {
    if (MOVES[action]) return MOVES[action]();
    return task && EDITS[action]?.();
  }
  if (!task) return;
  if (action.entity !== undefined) entityKey(action.entity);
  else if (action.statement !== undefined) statementKey(action.statement);
  else if (action.role !== undefined) roleKey(action.role);
  else if (action.version !== undefined) takeVersion(action.version, action.sentence ? paragraph.sentenceAt(selection.head) : null);
}

function onKey(event) {
  if (document.querySelector("dialog[open]") || event.target.closest("input, textarea, select") || event.isComposing) return;
  if (hintsShown()) {
    event.preventDefault();
    const choose = hintKey(event);
    if (choose) {
      choose();
      picked();
      drawSelection();
    }
    if (choose !== null) say(choose ? "" : "No mark was chosen.");
    return;
  }
  // A control that has the focus keeps its own keys.
  const onControl = event.target.closest("button, a");
  const action = actionOf(event);
  if (onControl && (event.key === "Enter" || event.key === " ")) return;
  if ((event.key === "Tab" || event.key.startsWith("Page")) && !workspace.contains(document.activeElement)) return;
  if (picking !== null && event.key === "0") {
    event.preventDefault();
    picking = Math.min(picking + 1, ROLES.length - 1);
    return say(`Select the ${ROLES[picking]}.`);
  }
  if (picking !== null && event.key === "Enter") {
    event.preventDefault();
    return picked();
  }
  if (!action) return;
  event.preventDefault();
  act(action);
}

function onPointerDown(event) {
  if (!task || busy || event.button !== 0) return;
  if (hintsShown()) dropHints();
  const statement = event.target.closest("button.statement");
  const part = event.target.closest(".part");
  const token = event.target.closest("[data-token]");
  if (part) {
    const found = { claim: Number(part.dataset.claim), role: part.dataset.role };
    activeClaim = found.claim;
    if (paragraph.claims[found.claim][found.role]) selectMark(found);
    else mark = null;
  } else if (statement || !token) {
    const row = event.target.closest(".row");
    if (!row) return;
    const { first } = paragraph.statements[Number(row.dataset.sentence)];
    mark = null;
    selection = { anchor: first, head: first };
  } else {
    const index = Number(token.dataset.token);
    mark = null;
    selection = { anchor: event.shiftKey ? selection.anchor : index, head: index };
    dragging = { from: index, moved: event.shiftKey };
    event.preventDefault();
  }
  workspace.focus({ preventScroll: true });
  drawSelection();
}

let dragging = null;

function onPointerMove(event) {
  if (!dragging) return;
  const token = document.elementFromPoint(event.clientX, event.clientY)?.closest("#workspace [data-token], #workspace [data-gap]");
  if (!token) return;
  const index = Number(token.dataset.token ?? token.dataset.gap);
  if (index !== selection.head) {
    selection.head = index;
    dragging.moved = true;
    drawSelection();
  }
}

function onPointerUp() {
  if (!dragging) return;
  const { moved, from } = dragging;
  dragging = null;
  if (!moved && picking === null) {
    const entity = paragraph.entityAt(from);
    if (entity >= 0) selectMark({ entity });
    else {
      const part = parts().find(({ place }) => place.first <= from && from < place.end);
      activeClaim = part?.found.claim ?? activeClaim;
    }
  } else if (!moved && paragraph.entityAt(from) >= 0) {
    const { first, end } = paragraph.entities[paragraph.entityAt(from)];
    selection = { anchor: first, head: end - 1 };
  }
  picked();
  drawSelection();
}

async function refreshWhenSeen() {
  if (document.hidden) return saveDraft({ keepalive: true });
  if (!task || busy) return;
  const now = await get("/api/task", { id: task.id }).catch(() => null);
  if (!now || now.task.id !== task.id || busy) return;
  if (now.task.version !== versions.version || (now.task.draft_version !== versions.draft && !draftTimer)) conflict(now.task, null);
}

async function start() {
  session = await get("/api/session");
  drawLegend(session.labels, ACTIONS, (action) => {
    act(action);
    workspace.focus({ preventScroll: true });
  });
  drawHelp(session.labels, ACTIONS);
  drawQueue();
  drawAnswers();
  drawProgress(session.progress);
  addEventListener("keydown", onKey);
  workspace.addEventListener("pointerdown", onPointerDown);
  addEventListener("pointermove", onPointerMove);
  addEventListener("pointerup", onPointerUp);
  addEventListener("resize", () => task && drawLinks(workspace, paragraph, activeClaim));
  document.addEventListener("visibilitychange", refreshWhenSeen);
  addEventListener("pagehide", () => saveDraft({ keepalive: true }));
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("close", () => workspace.focus({ preventScroll: true }));
    dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  }
  byId("help").addEventListener("keydown", (event) => event.key === "?" && byId("help").close());
  byId("guide").addEventListener("keydown", (event) => event.key === "h" && byId("guide").close());
  const unsent = pending();
  if (unsent) await locked(() => send(unsent.body));
  if (!task) await load(queue);
}

start().catch((error) => banner(error.message));
