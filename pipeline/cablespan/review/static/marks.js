// Marks: labels on entities and sentences, the parts of claims, their edges, and what is taken from
// an annotator's version.

import { decide } from "./adjudication.js";
import { guessPart } from "./guess.js";
import { anchor, ROLES, sameRange } from "./layers.js";
import { changed } from "./saving.js";
import { drawSelection } from "./show.js";
import { forgetMark, page, range, selectMark } from "./state.js";
import { say } from "./view.js";

function trimmed({ first, end }) {
  const blank = (i) => !page.paragraph.tokens[i].text.trim();
  while (end - first > 1 && blank(end - 1)) end -= 1;
  while (end - first > 1 && blank(first)) first += 1;
  return { first, end };
}

export function entityKey(index) {
  const { paragraph, mark } = page;
  const label = page.session.labels.entities[index].name;
  const { first, end } = range();
  const here =
    end - first === 1
      ? paragraph.entityAt(first)
      : paragraph.entities.findIndex((e) => sameRange(e, range()));
  const known = mark?.entity ?? (here >= 0 ? here : null);
  const lost = known !== null ? paragraph.relabelEntity(known, label) : null;
  selectMark({ entity: known ?? paragraph.addEntity(trimmed(range()), label) });
  changed();
  const gone = lost ? ` · its link ${lost} is gone; ⇧k links it anew` : "";
  say(`${label}: ${paragraph.text(range())}${gone}`);
}

export function statementKey(index) {
  const label = page.session.labels.statements[index].name;
  const sentence = page.paragraph.sentenceAt(page.selection.head);
  page.paragraph.labelSentence(sentence, label);
  changed();
  say(`Sentence ${sentence + 1}: ${label}`);
}

// s, d, f: the selection becomes that part of the claim in hand, or begins one. Straight after the
// cue, source and content are guessed. In hand is a claim of the sentence, or one that was selected
// on purpose, wherever its other parts stand.
export function roleKey(index) {
  const { paragraph, selection, mark, activeClaim } = page;
  const role = ROLES[index];
  const sentenceOf = (claim) => paragraph.sentenceAt(anchor(claim).first);
  const here =
    activeClaim !== null &&
    (page.claimChosen ||
      sentenceOf(paragraph.claims[activeClaim]) === paragraph.sentenceAt(selection.head));
  const inHand = here ? activeClaim : null;
  const claim = inHand === null ? null : paragraph.claims[inHand];
  let place = trimmed(range());
  const atCue = claim?.cue && mark?.role && role !== "cue" && sameRange(claim[mark.role], range());
  if (atCue) place = guessPart(paragraph, role, claim.cue);
  else if (mark?.entity !== undefined)
    place = {
      first: paragraph.entities[mark.entity].first,
      end: paragraph.entities[mark.entity].end,
    };
  if (!place) return say(`No ${role} was found beside the cue: select it, then press the key.`);
  const number = paragraph.setClaimPart(inHand, role, place);
  selectMark({ claim: number, role });
  page.claimChosen = false; // the next sentence's claim is another one
  changed();
  say(`Claim ${number + 1}, ${role}: ${paragraph.text(place)}`);
}

export function newClaim() {
  page.activeClaim = page.mark = null;
  page.picking = 0;
  drawSelection();
  say("New claim: select the source; 0 for none, Escape stops.");
}

// Picking a new claim: each selection becomes the next part.
export function picked() {
  if (page.picking === null) return;
  page.activeClaim = page.paragraph.setClaimPart(
    page.activeClaim,
    ROLES[page.picking],
    trimmed(range()),
  );
  page.picking += 1;
  if (page.picking === ROLES.length) page.picking = null;
  changed();
  say(
    page.picking === null
      ? `Claim ${page.activeClaim + 1} is complete.`
      : `Select the ${ROLES[page.picking]}; 0 for none, Escape stops.`,
  );
}

export function skipPart() {
  page.picking = Math.min(page.picking + 1, ROLES.length - 1);
  say(`Select the ${ROLES[page.picking]}.`);
}

export function nextCertainty() {
  if (page.activeClaim === null) return say("No claim is selected.");
  const certainties = [null, ...page.session.certainties.map(({ name }) => name)];
  const now = certainties.indexOf(page.paragraph.claims[page.activeClaim].certainty);
  const next = certainties[(now + 1) % certainties.length];
  page.paragraph.setClaimFact(page.activeClaim, { certainty: next });
  changed();
  say(`Certainty: ${next ?? "none"}`);
}

export function moveEdge(edge, by) {
  const { paragraph, mark } = page;
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
  page.selection = { anchor: moved.first, head: moved.end - 1 };
  drawSelection();
}

export function deleteMark() {
  const { paragraph, selection } = page;
  const entity = paragraph.entityAt(selection.head);
  const here = page.mark ?? (entity >= 0 ? { entity } : null);
  if (!here) return say("No mark is selected.");
  if (here.entity !== undefined) paragraph.deleteEntity(here.entity);
  else paragraph.deleteClaim(here.claim, here.role);
  forgetMark();
  page.selection.head = page.selection.anchor;
  changed();
  say("Deleted.");
}

export function deleteClaim() {
  if (page.activeClaim === null) return say("No claim is selected.");
  page.paragraph.deleteClaim(page.activeClaim);
  page.activeClaim = null;
  forgetMark();
  changed();
}

export function takeVersion(index) {
  const version = page.task.versions?.[index];
  if (!version) return;
  page.paragraph.takeVersion(version.layers);
  forgetMark();
  changed();
  say(`${version.annotator}'s version is taken.`);
}

// Decides a conflict by a reading of the versions, or with null by leaving out what differs; the
// one at hand when none is named.
export function takeReading(reading, conflict = page.conflict) {
  if (!page.task.versions) return;
  if (!decide(conflict, reading)) return say("There is no such reading of the conflict at hand.");
  changed();
}

// Drags one edge of the selection, and of the mark that is selected, to a token.
export function dragEdge(edge, token) {
  const now = range();
  const by = edge === "first" ? token - now.first : token + 1 - now.end;
  if (by) moveEdge(edge, by);
}
