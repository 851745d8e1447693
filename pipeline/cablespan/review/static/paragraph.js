// A paragraph under correction: its three layers in token numbers, every edit undoable. No DOM in here.
//
// Ranges are [first, end) in tokens. What goes over the wire is in code points, which only the server's tokens know:
// JavaScript's own string offsets (UTF-16) are never used.

export const ROLES = ["source", "cue", "content"];

export class Paragraph {
  constructor(task) {
    this.task = task;
    this.tokens = task.tokens.map(([start, end, text, blank], index) => ({ start, end, text, blank, index }));
    const from = task.draft ?? task.answer ?? { layers: task.suggested };
    this.load(from);
  }

  load(state) {
    this.entities = this.#read("entities", state.layers.entities);
    this.statements = this.#whole(this.#read("statements", state.layers.statements));
    this.claims = this.#read("claims", state.layers.claims);
    this.comment = state.comment ?? "";
    this.flagged = Boolean(state.flagged);
    const steps = (list) => (list ?? []).map(({ layer, before }) => ({ layer, before: this.#read(layer, before) }));
    this.edits = steps(state.edits);
    this.undone = steps(state.undone);
  }

  // What is saved: layers as the store keeps them, and the edits that led there.
  state() {
    const steps = (list) => list.map(({ layer, before }) => ({ layer, before: this.#write(layer, before) }));
    return { layers: this.layers(), comment: this.comment, flagged: this.flagged, edits: steps(this.edits), undone: steps(this.undone) };
  }

  layers() {
    return Object.fromEntries(["entities", "statements", "claims"].map((layer) => [layer, this.#write(layer, this[layer])]));
  }

  // Why the paragraph cannot be accepted yet; null when it can.
  obstacle() {
    const unlabelled = this.statements.findIndex((statement) => !statement.label);
    if (unlabelled >= 0) return { sentence: unlabelled, message: `Sentence ${unlabelled + 1} has no label yet.` };
    const bare = this.claims.findIndex((claim) => !claim.content);
    if (bare >= 0) {
      const part = this.claims[bare].cue ?? this.claims[bare].source;
      return { sentence: this.sentenceAt(part.first), message: `Claim ${bare + 1} has no content yet: select it and press f, or delete the claim.` };
    }
    return null;
  }

  #tokenRange({ start, end }) {
    const first = this.tokens.findIndex((token) => token.end > start);
    let last = first;
    while (last + 1 < this.tokens.length && this.tokens[last + 1].start < end) last += 1;
    return { first, end: last + 1 };
  }

  #read(layer, value) {
    if (layer === "comment" || layer === "flagged") return value;
    if (layer === "claims") {
      return (value ?? []).map((claim) => ({
        ...Object.fromEntries(ROLES.map((role) => [role, claim[role] ? this.#tokenRange(claim[role]) : null])),
        speaker: claim.speaker ?? null,
        certainty: claim.certainty ?? null,
      }));
    }
    return (value ?? [])
      .map(({ start, end, label, text, ...facts }) => ({ ...this.#tokenRange({ start, end }), label, facts }))
      .sort((a, b) => a.first - b.first);
  }

  #write(layer, value) {
    if (layer === "comment" || layer === "flagged") return value;
    const offsets = ({ first, end }) => ({ start: this.tokens[first].start, end: this.tokens[end - 1].end });
    if (layer === "claims") {
      return value.map((claim) => ({
        ...Object.fromEntries(ROLES.map((role) => [role, claim[role] ? offsets(claim[role]) : null])),
        speaker: claim.speaker,
        certainty: claim.certainty,
      }));
    }
    return value.map((mark) => ({ ...offsets(mark), label: mark.label, ...mark.facts }));
  }

  // Sentences cover the paragraph: what none covers becomes one without a label. Blank tokens belong to no sentence.
  #whole(statements) {
    const covered = new Array(this.tokens.length).fill(false);
    for (const statement of statements) covered.fill(true, statement.first, statement.end);
    const missing = [];
    for (const token of this.tokens) {
      if (covered[token.index] || !token.text.trim()) continue;
      const last = missing.at(-1);
      const gapIsBlank = last && this.tokens.slice(last.end, token.index).every((t) => !t.text.trim() && !covered[t.index]);
      if (gapIsBlank) last.end = token.index + 1;
      else missing.push({ first: token.index, end: token.index + 1, label: null, facts: {} });
    }
    return [...statements, ...missing].sort((a, b) => a.first - b.first);
  }

  text({ first, end }) {
    return this.tokens
      .slice(first, end)
      .map((token, i, all) => token.text + (token.blank && i < all.length - 1 ? " " : ""))
      .join("");
  }

  sentenceAt(token) {
    let found = 0;
    this.statements.forEach((statement, index) => {
      if (statement.first <= token) found = index;
    });
    return found;
  }

  entityAt(token) {
    return this.entities.findIndex((entity) => entity.first <= token && token < entity.end);
  }

  // --- edits: each takes a copy of one layer before it, for undo ---

  #edit(layer, value) {
    this.edits.push({ layer, before: this[layer] });
    this.undone = [];
    this[layer] = value;
  }

  undo() {
    return this.#swap(this.edits, this.undone);
  }

  redo() {
    return this.#swap(this.undone, this.edits);
  }

  #swap(from, to) {
    const step = from.pop();
    if (!step) return null;
    to.push({ layer: step.layer, before: this[step.layer] });
    this[step.layer] = step.before;
    return step.layer;
  }

  // A new entity; those that it overlaps give way.
  addEntity({ first, end }, label) {
    const others = this.entities.filter((entity) => entity.end <= first || entity.first >= end);
    const entity = { first, end, label, facts: {} };
    this.#edit("entities", [...others, entity].sort((a, b) => a.first - b.first));
    return this.entities.indexOf(entity);
  }

  relabelEntity(index, label) {
    const { score, ...facts } = this.entities[index].facts;
    this.#edit("entities", this.entities.map((entity, i) => (i === index ? { ...entity, label, facts } : entity)));
  }

  deleteEntity(index) {
    this.#edit("entities", this.entities.filter((_, i) => i !== index));
  }

  // Moves one edge by whole tokens; neighbours that are reached give way. False where it cannot move.
  moveEntity(index, range) {
    const entity = this.entities[index];
    if (!this.#fits(range)) return index;
    const others = this.entities.filter((other, i) => i !== index && (other.end <= range.first || other.first >= range.end));
    const moved = { ...range, label: entity.label, facts: {} };
    this.#edit("entities", [...others, moved].sort((a, b) => a.first - b.first));
    return this.entities.indexOf(moved);
  }

  #fits({ first, end }) {
    return first >= 0 && end <= this.tokens.length && first < end;
  }

  labelSentence(index, label) {
    if (this.statements[index].label === label) return;
    this.#edit("statements", this.statements.map((s, i) => (i === index ? { ...s, label, facts: {} } : s)));
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
    this.#edit("statements", this.statements.toSpliced(index, 1, ...halves));
    return true;
  }

  mergeSentence(index) {
    const next = this.statements[index + 1];
    if (!next) return false;
    const { first, label } = this.statements[index];
    this.#edit("statements", this.statements.toSpliced(index, 2, { first, end: next.end, label: label ?? next.label, facts: {} }));
    return true;
  }

  setClaimPart(index, role, range) {
    const claim = index === null ? { source: null, cue: null, content: null, speaker: null, certainty: null } : this.claims[index];
    const changed = { ...claim, [role]: range, speaker: role === "source" ? null : claim.speaker };
    if (index === null) this.#edit("claims", [...this.claims, changed]);
    else this.#edit("claims", this.claims.with(index, changed));
    return index ?? this.claims.length - 1;
  }

  moveClaimPart(index, role, range) {
    if (this.#fits(range)) this.setClaimPart(index, role, range);
  }

  setCertainty(index, certainty) {
    this.#edit("claims", this.claims.with(index, { ...this.claims[index], certainty }));
  }

  // Without a role, or with the last part that is left: the whole claim.
  deleteClaim(index, role = null) {
    const rest = role && { ...this.claims[index], [role]: null };
    if (rest && ROLES.some((r) => rest[r]) && role !== "content") this.#edit("claims", this.claims.with(index, rest));
    else this.#edit("claims", this.claims.toSpliced(index, 1));
  }

  setComment(comment) {
    if (comment !== this.comment) this.#edit("comment", comment);
  }

  toggleFlag() {
    this.#edit("flagged", !this.flagged);
  }

  replaceLayers(layers) {
    const { entities, statements, claims } = this.readLayers(layers);
    this.#edit("entities", entities);
    this.#edit("claims", claims);
    this.#edit("statements", this.#whole(statements));
  }

  setLayer(layer, marks) {
    this.#edit(layer, marks);
  }

  readLayers(layers) {
    return { entities: this.#read("entities", layers.entities), statements: this.#read("statements", layers.statements), claims: this.#read("claims", layers.claims) };
  }

  // Where a part of a claim most likely lies when only its cue is known: the source before it, the content behind it.
  guessPart(role, cue) {
    const sentence = this.statements[this.sentenceAt(cue.first)];
    const lower = (i) => this.tokens[i].text.toLowerCase();
    const isWord = (i) => /[\p{L}\p{N}]/u.test(this.tokens[i].text);
    if (role === "content") {
      let [first, end] = [cue.end, sentence.end];
      while (first < end && (["that", ":", ","].includes(lower(first)) || !this.tokens[first].text.trim())) first += 1;
      while (end > first && !isWord(end - 1) && !["$", "%", ")", '"', "”", "'"].includes(this.tokens[end - 1].text)) end -= 1;
      return first < end ? { first, end } : null;
    }
    const entity = this.entities.findLast((e) => e.end <= cue.first && e.first >= sentence.first);
    let first = sentence.first;
    if (entity && this.tokens.slice(entity.end, cue.first).every((t) => /^(\W*|also|again|then|later|has|had|have)$/i.test(t.text))) {
      first = entity.first;
      return { first, end: entity.end };
    }
    while (first < cue.first && (["but", "and", "however", "also"].includes(lower(first)) || !isWord(first))) first += 1;
    let end = cue.first;
    while (end > first && !isWord(end - 1)) end -= 1;
    return first < end ? { first, end } : null;
  }
}

export const sameRange = (a, b) => Boolean(a && b && a.first === b.first && a.end === b.end);
