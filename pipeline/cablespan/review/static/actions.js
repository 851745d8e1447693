// What each action of the table of keys does, whether a key or a button asks for it.

import { stepConflict } from "./adjudication.js";
import { entities, goToMark, goToWord, moveSentence, moveWord, parts, stepMark } from "./cursor.js";
import { askLabel, askText, listProblems, openGuidelines } from "./dialogs.js";
import { byId } from "./dom.js";
import { askLink } from "./links.js";
import {
  deleteClaim,
  deleteMark,
  entityKey,
  moveEdge,
  newClaim,
  nextCertainty,
  roleKey,
  statementKey,
  takeReading,
  takeVersion,
} from "./marks.js";
import { closeMenu } from "./menu.js";
import { openCorrections, openOverview, openSearch } from "./overview.js";
import { filter, step, undo } from "./queue.js";
import { answer, changed } from "./saving.js";
import { draw, drawSelection } from "./show.js";
import { forgetMark, page, reviewed } from "./state.js";
import { say } from "./view.js";

const sentenceHere = () => page.paragraph.sentenceAt(page.selection.head);

const EDITS = {
  comment: () =>
    askText(
      "Comment",
      "Comment on this paragraph",
      page.paragraph.comment,
      (text) => {
        page.paragraph.setComment(text);
        changed();
      },
      { lines: true },
    ),
  flag: () => {
    page.paragraph.toggleFlag();
    changed();
    say(page.paragraph.flagged ? "Flagged." : "The flag is gone.");
  },
  redo: () => {
    if (!page.paragraph.redo()) return say("Nothing to redo.");
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
  goToMark,
  goToWord,
  clear: () => {
    if (page.picking !== null) page.picking = null;
    else if (
      page.mark ||
      page.selection.anchor !== page.selection.head ||
      page.activeClaim !== null
    )
      page.activeClaim = null;
    else return byId("answers").focus();
    page.mark = null;
    page.claimChosen = false;
    page.selection.anchor = page.selection.head;
    drawSelection();
    say("");
  },
  endRight: () => moveEdge("end", 1),
  endLeft: () => moveEdge("end", -1),
  startLeft: () => moveEdge("first", -1),
  startRight: () => moveEdge("first", 1),
  delete: deleteMark,
  deleteClaim,
  split: () =>
    page.paragraph.splitSentence(page.selection.head)
      ? changed()
      : say("Put the cursor on the word that begins the new sentence."),
  merge: () =>
    page.paragraph.mergeSentence(sentenceHere())
      ? changed()
      : say("There is no sentence after this one."),
  newClaim,
  certainty: nextCertainty,
  link: askLink,
  nextConflict: () => {
    stepConflict();
    draw();
  },
};

// What changes a layer that is not under review would go unseen.
const CHANGES = { split: "statements", merge: "statements", newClaim: "claims" };

// These work without a paragraph, too.
const MOVES = {
  undo,
  back: () => step(-1),
  forward: () => step(1),
  order: () =>
    page.session.mode === "annotator" &&
    filter("order", page.queue.order === "order" ? "uncertainty" : "order"),
  label: () =>
    askLabel(page.session.labels, (label) => filter("label", label), page.session.layers),
  search: openSearch,
  overview: openOverview,
  corrections: openCorrections,
  problems: () => listProblems(page.session.problems),
  guidelines: openGuidelines,
  help: () => byId("help").showModal(),
};

// `action` is what `actionOf` gives for a key.
export function act(action) {
  if (page.busy) return;
  closeMenu();
  if (typeof action === "string") {
    if (MOVES[action]) return MOVES[action]();
    const layer = CHANGES[action];
    if (layer && !reviewed(layer)) return say(`There are no ${layer} to review here.`);
    return page.task && EDITS[action]?.();
  }
  if (!page.task) return;
  if (action.entity !== undefined) entityKey(action.entity);
  else if (action.statement !== undefined) statementKey(action.statement);
  else if (action.role !== undefined) roleKey(action.role);
  else if (action.version !== undefined) takeVersion(action.version);
  else if (action.reading !== undefined) takeReading(action.reading);
}
