// A paragraph under correction: its three layers in token numbers, every edit undoable. No DOM in
// here. Ranges are [first, end) in tokens.

import {
  anchor,
  byPlace,
  firstWhere,
  identity,
  LAYERS,
  readLayer,
  ROLES,
  tokenRange,
  wholeStatements,
  writeLayer,
} from "./layers.js";
import { readSteps, writeSteps } from "./steps.js";

export class Paragraph {
  constructor(task) {
    this.task = task;
    this.tokens = task.tokens.map(([start, end, text, blank], index) => ({
      start,
      end,
      text,
      blank,
      index,
    }));
    this.load(task.draft ?? task.answer ?? { layers: task.agreed ?? task.suggested });
  }

  load(state) {
    this.entities = readLayer(this.tokens, "entities", state.layers.entities);
    this.statements = wholeStatements(
      this.tokens,
      readLayer(this.tokens, "statements", state.layers.statements),
    );
    this.claims = readLayer(this.tokens, "claims", state.layers.claims);
    this.comment = state.comment ?? "";
    this.flagged = Boolean(state.flagged);
    // What was accepted once has every conflict decided.
    this.settled =
      state.settled ??
      (state.action === "accept" ? (this.task.conflicts ?? []).map(({ key }) => key) : []);
    // An edit is the layers that it changed, as they were before it.
    const before = (edit) => ("before" in edit ? { [edit.layer]: edit.before } : edit); // as earlier versions kept them
    const steps = (list) => readSteps(this.tokens, list?.map(before), this);
    this.edits = steps(state.edits);
    this.undone = steps(state.undone);
    this.conflicts = (this.task.conflicts ?? []).map((conflict) => this.#readConflict(conflict));
  }

  // What is saved: layers as the store keeps them, and the edits that led there.
  state() {
    const { comment, flagged, settled } = this;
    return {
      layers: this.layers(),
      comment,
      flagged,
      settled,
      edits: writeSteps(this.tokens, this.edits),
      undone: writeSteps(this.tokens, this.undone),
    };
  }

  layers() {
    return Object.fromEntries(
      LAYERS.map((layer) => [layer, writeLayer(this.tokens, layer, this[layer])]),
    );
  }

  // Why the paragraph cannot be accepted yet, in the layers under review; null when it can.
  obstacle(layers) {
    const conflict = this.conflicts.findIndex((one) => !this.isDecided(one));
    if (conflict >= 0) {
      const open = this.conflicts.filter((one) => !this.isDecided(one)).length;
      const all = this.conflicts.length;
      return {
        conflict,
        token: this.conflicts[conflict].first,
        message: `${open} of ${all} conflicts are open: take a version's reading or leave it out.`,
      };
    }
    const unlabelled = layers.includes("statements")
      ? this.statements.findIndex((statement) => !statement.label)
      : -1;
    if (unlabelled >= 0)
      return {
        token: this.statements[unlabelled].first,
        message: `Sentence ${unlabelled + 1} has no label yet.`,
      };
    const bare = layers.includes("claims") ? this.claims.findIndex((claim) => !claim.content) : -1;
    if (bare >= 0) {
      const part = this.claims[bare].cue ?? this.claims[bare].source;
      return {
        token: part.first,
        message: `Claim ${bare + 1} has no content yet: select it and press f, or delete it.`,
      };
    }
    return null;
  }

  #readConflict({ key, layer, start, end, readings }) {
    const read = readings.map(({ annotators, marks }) => ({
      annotators,
      marks: readLayer(this.tokens, layer, marks),
    }));
    return { key, layer, ...tokenRange(this.tokens, { start, end }), readings: read };
  }

  text({ first, end }) {
    return this.tokens
      .slice(first, end)
      .map((token, i, all) => token.text + (token.blank && i < all.length - 1 ? " " : ""))
      .join("");
  }

  // The last sentence that begins at a token or before it.
  sentenceAt(token) {
    return Math.max(
      0,
      firstWhere(this.statements.length, (i) => this.statements[i].first > token) - 1,
    );
  }

  entityAt(token) {
    return this.entities.findIndex((entity) => entity.first <= token && token < entity.end);
  }

  // --- edits: each keeps the layers that it changes as they were, for undo ---

  #edit(changes) {
    this.edits.push(Object.fromEntries(Object.keys(changes).map((layer) => [layer, this[layer]])));
    this.undone = [];
    Object.assign(this, changes);
  }

  undo() {
    return this.#swap(this.edits, this.undone);
  }

  redo() {
    return this.#swap(this.undone, this.edits);
  }

  #swap(from, to) {
    const step = from.pop();
    if (!step) return false;
    to.push(Object.fromEntries(Object.keys(step).map((layer) => [layer, this[layer]])));
    Object.assign(this, step);
    return true;
  }

  // A new entity; those that it overlaps give way.
  addEntity({ first, end }, label) {
    const others = this.entities.filter((entity) => entity.end <= first || entity.first >= end);
    const entity = { first, end, label, facts: {} };
    this.#edit({ entities: [...others, entity].sort(byPlace) });
    return this.entities.indexOf(entity);
  }

  // A link is one to a thing of the label: it goes with another label. Returns the link that went.
  relabelEntity(index, label) {
    const { score, kb_id, ...facts } = this.entities[index].facts;
    const kept = this.entities[index].label === label ? { ...facts, kb_id } : facts;
    this.#edit({
      entities: this.entities.with(index, { ...this.entities[index], label, facts: kept }),
    });
    return kept.kb_id ? null : kb_id;
  }

  setFacts(index, changes) {
    const { score, ...facts } = this.entities[index].facts;
    this.#edit({
      entities: this.entities.with(index, {
        ...this.entities[index],
        facts: { ...facts, ...changes },
      }),
    });
  }

  deleteEntity(index) {
    this.#edit({ entities: this.entities.toSpliced(index, 1) });
  }

  // Moves an entity's edges by whole tokens; neighbours that are reached give way. Returns its new
  // index.
  moveEntity(index, range) {
    const entity = this.entities[index];
    if (!this.#fits(range)) return index;
    const others = this.entities.filter(
      (other, i) => i !== index && (other.end <= range.first || other.first >= range.end),
    );
    const { score, ...facts } = entity.facts;
    const moved = { ...range, label: entity.label, facts };
    this.#edit({ entities: [...others, moved].sort(byPlace) });
    return this.entities.indexOf(moved);
  }

  #fits({ first, end }) {
    return first >= 0 && end <= this.tokens.length && first < end;
  }

  labelSentence(index, label) {
    if (this.statements[index].label === label) return;
    this.#edit({
      statements: this.statements.with(index, { ...this.statements[index], label, facts: {} }),
    });
  }

  splitSentence(token) {
    const index = this.sentenceAt(token);
    const { first, end, label } = this.statements[index];
    if (token <= first || token >= end) return false;
    let leftEnd = token;
    while (leftEnd > first + 1 && !this.tokens[leftEnd - 1].text.trim()) leftEnd -= 1;
    const halves = [
      { first, end: leftEnd, label, facts: {} },
      { first: token, end, label, facts: {} },
    ];
    this.#edit({ statements: this.statements.toSpliced(index, 1, ...halves) });
    return true;
  }

  mergeSentence(index) {
    const next = this.statements[index + 1];
    if (!next) return false;
    const { first, label } = this.statements[index];
    this.#edit({
      statements: this.statements.toSpliced(index, 2, {
        first,
        end: next.end,
        label: label ?? next.label,
        facts: {},
      }),
    });
    return true;
  }

  setClaimPart(index, role, range) {
    const claim =
      index === null
        ? { source: null, cue: null, content: null, speaker: null, certainty: null }
        : this.claims[index];
    const changed = { ...claim, [role]: range, speaker: role === "source" ? null : claim.speaker };
    this.#edit({
      claims: index === null ? [...this.claims, changed] : this.claims.with(index, changed),
    });
    return index ?? this.claims.length - 1;
  }

  moveClaimPart(index, role, range) {
    if (this.#fits(range)) this.setClaimPart(index, role, range);
  }

  setClaimFact(index, changes) {
    this.#edit({ claims: this.claims.with(index, { ...this.claims[index], ...changes }) });
  }

  // Without a role, or with the last part that is left: the whole claim.
  deleteClaim(index, role = null) {
    const rest = role && { ...this.claims[index], [role]: null };
    const partly = rest && ROLES.some((r) => rest[r]) && role !== "content";
    this.#edit({
      claims: partly ? this.claims.with(index, rest) : this.claims.toSpliced(index, 1),
    });
  }

  setComment(comment) {
    if (comment !== this.comment) this.#edit({ comment });
  }

  toggleFlag() {
    this.#edit({ flagged: !this.flagged });
  }

  // --- conflicts between annotators ---

  // The marks of the result that a conflict is about: those that begin in it and that not all
  // annotators share.
  marksIn({ layer, first, end }) {
    const agreed = new Set(
      readLayer(this.tokens, layer, this.task.agreed[layer])
        .filter((mark) => mark.label !== null)
        .map((mark) => identity(layer, mark)),
    );
    const place = (mark) => (layer === "claims" ? anchor(mark) : mark);
    return this[layer].filter(
      (mark) =>
        place(mark).first >= first && place(mark).first < end && !agreed.has(identity(layer, mark)),
    );
  }

  // Decided: a version's reading stands there, the adjudicator's own, or it was left out on
  // purpose.
  isDecided(conflict) {
    const marks = this.marksIn(conflict);
    if (!marks.length)
      return conflict.layer !== "statements" && this.settled.includes(conflict.key);
    return conflict.layer !== "statements" || marks.every((mark) => mark.label);
  }

  // Which reading stands; -1 for none of them.
  readingOf(conflict) {
    const keys = (marks) =>
      marks
        .map((mark) => identity(conflict.layer, mark))
        .sort()
        .join("; ");
    const now = keys(this.marksIn(conflict));
    return this.isDecided(conflict)
      ? conflict.readings.findIndex(({ marks }) => keys(marks) === now)
      : -1;
  }

  // Decides a conflict by one of its readings, or with null by leaving out what differs.
  decide(conflict, reading) {
    const { layer, key } = conflict;
    const out = new Set(this.marksIn(conflict));
    const taken = reading === null ? [] : conflict.readings[reading].marks;
    const rest = this[layer].filter((mark) => !out.has(mark));
    const apart = (mark) =>
      layer === "claims" ||
      taken.every((other) => mark.end <= other.first || mark.first >= other.end);
    const marks = [...rest.filter(apart), ...taken];
    if (layer !== "claims") marks.sort(byPlace);
    this.#edit({
      [layer]: layer === "statements" ? wholeStatements(this.tokens, marks) : marks,
      settled: [...new Set([...this.settled, key])],
    });
  }

  // Takes all of one version, every conflict included.
  takeVersion(layers) {
    const read = Object.fromEntries(
      LAYERS.map((layer) => [layer, readLayer(this.tokens, layer, layers[layer])]),
    );
    this.#edit({
      ...read,
      statements: wholeStatements(this.tokens, read.statements),
      settled: this.conflicts.map(({ key }) => key),
    });
  }
}
