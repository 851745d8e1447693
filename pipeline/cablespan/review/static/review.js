// The page starts: it asks who is here, draws what stays, listens, and takes the first paragraph.

import { act } from "./actions.js";
import { byId } from "./dom.js";
import {
  onClick,
  onConflictClick,
  onCopy,
  onKey,
  onKeyUp,
  onPointerCancel,
  onPointerDown,
  onPointerMove,
  onPointerUp,
  onVersionClick,
} from "./input.js";
import { ACTIONS, readLabelKeys } from "./keys.js";
import { drawQueue, goTo, loadNext, paragraphOfAddress, readFilters } from "./queue.js";
import { banner, refreshWhenSeen, saveDraft, sendPending } from "./saving.js";
import { get, workOn } from "./server.js";
import { drawHelp, drawLegend } from "./legend.js";
import { drawArcs } from "./arcs.js";
import { workspace } from "./sentences.js";
import { page } from "./state.js";
import { drawAnswers, drawProgress, refuse } from "./view.js";

const focusText = () => workspace.focus({ preventScroll: true });

function listen() {
  addEventListener("keydown", onKey);
  addEventListener("keyup", onKeyUp);
  addEventListener("copy", onCopy);
  addEventListener("click", onClick);
  byId("conflicts").addEventListener("click", onConflictClick);
  byId("versions").addEventListener("click", onVersionClick);
  byId("stage").addEventListener("pointerdown", onPointerDown);
  addEventListener("pointermove", onPointerMove);
  addEventListener("pointerup", onPointerUp);
  addEventListener("pointercancel", onPointerCancel);
  addEventListener("resize", () => page.task && drawArcs(page.paragraph, page.activeClaim));
  document.addEventListener("visibilitychange", refreshWhenSeen);
  addEventListener("pagehide", () => saveDraft({ keepalive: true }));
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("close", focusText);
    dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
  }
  closeByKey(byId("help"), "?");
  closeByKey(byId("guide"), "h");
}

// The key that opens a sheet closes it, too.
function closeByKey(dialog, key) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== key) return;
    event.stopPropagation();
    dialog.close();
  });
}

async function start() {
  page.session = await get("/api/session");
  workOn(page.session);
  const { labels, layers, mode, progress } = page.session;
  readFilters();
  readLabelKeys(labels, layers);
  drawLegend(labels, ACTIONS, (action) => {
    act(action);
    focusText();
  });
  drawHelp(labels, ACTIONS);
  drawQueue();
  drawAnswers(mode === "adjudicator");
  drawProgress(progress);
  listen();
  await sendPending();
  const asked = paragraphOfAddress();
  const missing = asked && !page.task ? await goTo({ paragraph: asked }) : "";
  if (!page.task) await loadNext();
  if (missing) refuse(missing);
}

start().catch((error) => banner(error.message));
