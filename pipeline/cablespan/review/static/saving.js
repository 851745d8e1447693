// Saving: drafts while the work is under way, answers before the page goes on, a question where
// another tab was faster.

import { ask } from "./dialogs.js";
import { byId, element, fill } from "./dom.js";
import { drafts, dropPending, get, newId, pending, post, postAnswer } from "./server.js";
import { draw, show } from "./show.js";
import { selectConflict } from "./adjudication.js";
import { page, putCursor } from "./state.js";
import { drawProgress, refuse } from "./view.js";

// What the server had when the paragraph came or was last saved.
let versions = { version: 0, draft: 0 };
let draftTimer = 0;
let edits = 0; // how many there were: a draft that came after them has them all
let disputed = null; // the task whose other version in another tab is asked about
let draftRun = null; // the draft that is on its way: an answer must not overtake it

// Each draft names the page that it comes from: where its receipt was lost, the server has a newer
// one than the page knows of, which is still no other tab's.
const TAB = newId();
const stateHere = () => ({ ...page.paragraph.state(), tab: TAB });

// Goes on to another paragraph, or to none. What this browser kept of it comes back, and is sent at
// last, unless the server has something newer.
export function goOn(task) {
  stopTimer();
  if (!task) return show(task);
  versions = { version: task.version, draft: task.draft_version };
  const kept = drafts.of(task.id);
  if (!kept || !follows(kept, task)) {
    drafts.drop(task.id);
    return show(task);
  }
  show({ ...task, draft: kept.state });
  draftTimer = setTimeout(saveDraft);
}

// Whether nothing was saved since but earlier drafts of the same tab.
const follows = ({ version, draft_version, state }, task) =>
  version === task.version &&
  (draft_version === task.draft_version ||
    (state.tab !== undefined && state.tab === task.draft?.tab));

function stopTimer() {
  clearTimeout(draftTimer);
  draftTimer = 0;
}

// To be called after every edit.
export function changed() {
  page.touched = true;
  edits += 1;
  draw();
  byId("saved").textContent = "…";
  drafts.keep(page.task.id, {
    version: versions.version,
    draft_version: versions.draft,
    state: stateHere(),
  });
  clearTimeout(draftTimer);
  draftTimer = setTimeout(saveDraft, 250);
}

export function saveDraft({ keepalive = false } = {}) {
  if (!draftTimer) return draftRun;
  stopTimer();
  const [of, state, after] = [page.task, stateHere(), edits];
  draftRun = (draftRun ?? Promise.resolve()).then(async () => {
    if (of !== page.task) return;
    try {
      const saved = await onVersions((seen) =>
        post("/api/draft", { task: of.id, ...seen, state }, { keepalive }),
      );
      if (of !== page.task) return;
      versions.draft = saved.draft_version;
      if (after === edits) drafts.drop(of.id);
      byId("banner").hidden = true;
      byId("saved").textContent = "draft saved";
    } catch (error) {
      if (of !== page.task) return;
      if (error.status === 409) return conflict(error.body.current, null);
      byId("saved").textContent = "not saved";
      banner(`Your work is not saved yet. ${error.message} It is kept in this browser.`, () =>
        retryDraft(),
      );
      draftTimer = setTimeout(saveDraft, 3000);
    }
  });
  return draftRun;
}

// Sends work with the versions that it was made on. `work` gets them, and is called again where
// what the server has is only a draft of this tab.
async function onVersions(work) {
  const seen = () => ({ version: versions.version, draft_version: versions.draft });
  try {
    return await work(seen());
  } catch (error) {
    const current = error.body?.current;
    if (!current || !follows({ ...seen(), state: { tab: TAB } }, current)) throw error;
    versions.draft = current.draft_version;
    return work(seen());
  }
}

function retryDraft() {
  draftTimer ||= 1;
  saveDraft();
}

export function banner(message, retry) {
  const node = byId("banner");
  fill(
    node,
    element("span", {}, message),
    retry ? element("button", { type: "button", onclick: retry }, "Retry now") : "",
  );
  node.hidden = false;
}

export async function answer(action) {
  const { paragraph } = page;
  const obstacle = action === "accept" ? paragraph.obstacle(page.session.layers) : null;
  if (obstacle) {
    if (obstacle.conflict !== undefined) selectConflict(obstacle.conflict);
    else putCursor(obstacle.token);
    draw();
    return refuse(obstacle.message);
  }
  await locked(async () => {
    await settleDraft();
    const saved = await send(bodyOf(action));
    if (saved) goOnAfter(saved);
  });
}

function bodyOf(action) {
  const { task, paragraph, queue } = page;
  const { layers, comment, flagged, edits } = paragraph.state();
  // What is no annotation yet: accepting waits for it, the other answers go without it.
  const statements = layers.statements.filter(({ label }) => label);
  const claims = layers.claims.filter(({ content }) => content);
  return {
    uuid: newId(),
    task: task.id,
    action,
    layers: { ...layers, statements, claims },
    comment,
    flagged,
    edits,
    queue,
  };
}

async function settleDraft() {
  stopTimer();
  await draftRun;
  stopTimer(); // one that failed would come again, newer than the draft that the answer names
}

function goOnAfter(saved) {
  goOn(saved.next);
  if (saved.notice) refuse(saved.notice);
}

// To be called before another paragraph comes: an answered one that was changed is answered anew
// with what it has now. Where that cannot be, it stays a draft, which the list of open corrections
// holds. Returns what to say about it.
export async function leave() {
  const { task, paragraph } = page;
  if (!task) return "";
  const corrected = task.answer && page.touched && paragraph.edits.length;
  if (!corrected) {
    await leaveDraft();
    return "";
  }
  const obstacle = task.answer.action === "accept" ? paragraph.obstacle(page.session.layers) : null;
  if (obstacle) {
    await leaveDraft();
    return `${task.paragraph} is not corrected yet, the old answer stands: ${obstacle.message}`;
  }
  await settleDraft();
  const saved = await send(bodyOf(task.answer.action));
  if (!saved) throw new Stopped();
  versions = { version: saved.version, draft: 0 }; // where there is none to go on to, it stays
  page.touched = false;
  return saved.notice || `The correction of ${task.paragraph} is its answer now; z takes it back.`;
}

async function leaveDraft() {
  await saveDraft();
  if (disputed === page.task.id) throw new Stopped();
}

// The paragraph cannot be left yet: a question about it is open.
class Stopped extends Error {}

// One answer, until it is on the server's disk; the receipt brings the next paragraph, null where
// it was refused.
async function send(body) {
  byId("saved").textContent = "saving …";
  try {
    const saved = await onVersions((seen) =>
      postAnswer({ ...seen, ...body }, (error, now) => {
        byId("saved").textContent = "not saved";
        banner(`Your answer is not saved yet. ${error.message} It is tried again by itself.`, now);
      }),
    );
    drafts.drop(body.task);
    drawProgress(saved.progress);
    byId("saved").textContent = `saved ${timeNow()}`;
    return saved;
  } catch (error) {
    byId("saved").textContent = "not saved";
    if (error.status === 409) conflict(error.body.current, body);
    else banner(error.message);
    return null;
  }
}

const timeNow = () =>
  new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

// Answers of earlier visits that did not get through, up to one that a question is open about.
export async function sendPending() {
  for (const body of pending()) {
    if (disputed) return;
    await locked(async () => {
      const saved = await send(body);
      if (saved) goOnAfter(saved);
    });
  }
}

// Nothing else happens while `work` runs. Returns the message where what it asked for is not there.
export async function locked(work) {
  if (page.busy) return "";
  page.busy = true;
  document.body.classList.add("busy");
  try {
    await work();
  } catch (error) {
    if (error.status === 404) {
      refuse(error.message);
      return error.message;
    }
    if (!(error instanceof Stopped)) banner(error.message);
  } finally {
    page.busy = false;
    document.body.classList.remove("busy");
  }
  return "";
}

// The same paragraph was changed in another tab. What is there is shown; the annotator chooses.
function conflict(current, body) {
  disputed = current.id;
  const chosen = (work) => () => {
    disputed = null;
    if (body) dropPending(body);
    return work();
  };
  const there = current.answer
    ? `It was answered “${current.answer.action}”`
    : current.draft
      ? "It has a newer draft"
      : "Its answer was undone";
  ask(
    "Changed in another tab",
    [
      element(
        "p",
        {},
        `${there} in another tab or window. Nothing is lost: choose which is to stand.`,
      ),
    ],
    [
      ["Take what is there", chosen(() => goOn(current))],
      [
        "Keep mine",
        chosen(() => {
          versions = { version: current.version, draft: current.draft_version };
          if (!body) return changed();
          return locked(async () => {
            const { version, draft_version } = current;
            const saved = await send({ ...body, uuid: newId(), version, draft_version });
            if (saved) goOnAfter(saved);
          });
        }),
      ],
    ],
    { must: true },
  );
}

// A tab that is left saves; one that is seen again asks whether another tab was faster.
export async function refreshWhenSeen() {
  if (document.hidden) return saveDraft({ keepalive: true });
  const { task } = page;
  if (!task || page.busy || disputed) return;
  const now = await get("/api/task", { id: task.id }).catch(() => null);
  if (!now || now.task.id !== page.task.id || page.busy) return;
  const here = { version: versions.version, draft_version: versions.draft, state: { tab: TAB } };
  if (!draftTimer && !follows(here, now.task)) conflict(now.task, null);
}
