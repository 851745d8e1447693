// The layers of a paragraph: in code points over the wire, in token numbers on the page. Only the
// server's tokens know code points: JavaScript's own string offsets (UTF-16) are never used.

export const ROLES = ["source", "cue", "content"];
export const LAYERS = ["entities", "statements", "claims"];

export const byPlace = (a, b) => a.first - b.first;
export const sameRange = (a, b) => Boolean(a && b && a.first === b.first && a.end === b.end);

// What a claim is found by, as the server has it; the source of one that has no content yet.
export const anchor = (claim) => claim.cue ?? claim.content ?? claim.source;

const placeOf = (part) => (part ? `${part.first}-${part.end}` : "none");

// What makes two marks of a layer the same; the server's `identity` in tokens.
export const identity = (layer, mark) =>
  layer === "claims"
    ? [...ROLES.map((role) => placeOf(mark[role])), mark.speaker, mark.certainty].join(" ")
    : [placeOf(mark), mark.label, mark.facts.kb_id ?? ""].join(" ");

// The first of `count` numbers from 0 for which a condition holds that holds for all after it.
export function firstWhere(count, holds) {
  let [first, after] = [0, count];
  while (first < after) {
    const middle = (first + after) >> 1;
    if (holds(middle)) after = middle;
    else first = middle + 1;
  }
  return first;
}

// The tokens [first, end) that the characters [start, end) touch, one at least.
export function tokenRange(tokens, { start, end }) {
  const first = firstWhere(tokens.length - 1, (i) => tokens[i].end > start);
  const after = firstWhere(tokens.length, (i) => tokens[i].start >= end);
  return { first, end: Math.max(first + 1, after) };
}

const ofRoles = (work) => Object.fromEntries(ROLES.map((role) => [role, work(role)]));

export function readLayer(tokens, layer, value) {
  if (!LAYERS.includes(layer)) return value;
  const read = layer === "claims" ? readClaim : readMark;
  const marks = (value ?? []).map((one) => read(tokens, one));
  return layer === "claims" ? marks : marks.sort(byPlace);
}

const readMark = (tokens, { start, end, label, text, ...facts }) => ({
  ...tokenRange(tokens, { start, end }),
  label,
  facts,
});

const readClaim = (tokens, claim) => ({
  ...ofRoles((role) => (claim[role] ? tokenRange(tokens, claim[role]) : null)),
  speaker: claim.speaker ?? null,
  certainty: claim.certainty ?? null,
});

export function writeLayer(tokens, layer, value) {
  if (!LAYERS.includes(layer)) return value;
  const offsets = ({ first, end }) => ({ start: tokens[first].start, end: tokens[end - 1].end });
  if (layer !== "claims")
    return value.map((mark) => ({ ...offsets(mark), label: mark.label, ...mark.facts }));
  return value.map((claim) => ({
    ...ofRoles((role) => (claim[role] ? offsets(claim[role]) : null)),
    speaker: claim.speaker,
    certainty: claim.certainty,
  }));
}

// Sentences cover the paragraph: what none covers becomes one without a label. Blank tokens belong
// to no sentence.
export function wholeStatements(tokens, statements) {
  const covered = new Array(tokens.length).fill(false);
  for (const statement of statements) covered.fill(true, statement.first, statement.end);
  const missing = [];
  let open = null; // the sentence that the next bare token goes on
  for (const { index, text } of tokens) {
    if (covered[index]) open = null;
    if (covered[index] || !text.trim()) continue;
    open ??= missing[missing.push({ first: index, label: null, facts: {} }) - 1];
    open.end = index + 1;
  }
  return [...statements, ...missing].sort(byPlace);
}
