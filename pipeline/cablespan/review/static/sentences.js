// Draws a paragraph: one row a sentence, its label in the margin, entities inline, the parts of
// claims as underlines that are tied together.

import { claimsBySentence, drawClaims } from "./claims.js";
import { byId, element, patch, visibleText } from "./dom.js";
import { ROLES } from "./layers.js";
import { forgetNear, watch } from "./near.js";
import { reviewed } from "./state.js";

export const workspace = byId("workspace");

const UNSURE = 0.7;
const CHUNK = 150; // tokens that are drawn anew together when one of them changes

// Of more tokens a browser lays out only what is near the window: 20,000 in one line flow take it
// seconds. Such a text lies in blocks.
const LONG = 4 * CHUNK;

const unsure = (facts) =>
  facts?.score !== undefined && facts.score !== null && facts.score < UNSURE;

// The nodes of the paragraph under review: by token and by sentence, so that nothing searches the
// page for them; chunks and rows as they were drawn last, so that what has not changed stays.
export const nodes = { tokens: [], gaps: [], sentences: [], chunks: new Map(), rows: new Map() };

export function forgetNodes() {
  const none = { tokens: [], gaps: [], sentences: [], chunks: new Map(), rows: new Map() };
  Object.assign(nodes, none);
  forgetNear();
}

// The paragraph under review as rows.
export function drawSentences(paragraph) {
  const drawing = new Drawing(paragraph);
  const rows = drawing.rows();
  Object.assign(nodes, { sentences: rows, chunks: drawing.chunks, rows: drawing.kept });
  workspace.classList.toggle("long", paragraph.tokens.length > LONG);
  return rows;
}

// A version beside the paragraph under review; `classOf(layer, mark)` adds a class to marks.
export const drawVersion = (paragraph, classOf) => new Drawing(paragraph, classOf).rows();

// Sentences as rows, and their tokens as nodes in chunks. Of the paragraph under review, rows and
// chunks that are as they were are not drawn again.
class Drawing {
  constructor(paragraph, classOf = null) {
    const starts = entityStarts(paragraph);
    const [parts, claims] = [claimParts(paragraph), claimsBySentence(paragraph)];
    Object.assign(this, { paragraph, starts, parts, claims });
    this.readOnly = classOf !== null;
    this.classOf = classOf ?? (() => "");
    this.chunks = new Map();
    this.kept = new Map();
  }

  rows() {
    return this.paragraph.statements.map((statement, number) => this.#row(statement, number));
  }

  #row(statement, number) {
    const pieces = this.#pieces(number);
    const claims = this.claims.get(number) ?? [];
    const { label, facts } = statement;
    const key = JSON.stringify([number, label, facts, claims, pieces.map((piece) => piece.key)]);
    const before = this.readOnly ? undefined : nodes.rows.get(statement.first);
    if (before?.key === key) {
      for (const piece of pieces) this.chunks.set(piece.key, nodes.chunks.get(piece.key));
      this.kept.set(statement.first, before);
      return before.row;
    }
    const text = patch(
      before?.text ?? element("p", { class: "sentence", dir: "auto" }),
      pieces.map((piece) => this.#chunk(piece)),
    );
    text.classList.toggle("long", pieces.length > LONG / CHUNK);
    const list = claims.length
      ? drawClaims(this.paragraph, claims, this.classOf, this.readOnly)
      : null;
    const body = patch(before?.body ?? element("div"), [text, list]);
    const row = before?.row ?? element("div", { class: "row", role: "group" });
    row.dataset.sentence = number;
    row.setAttribute("aria-label", `Sentence ${number + 1}: ${label ?? "no label"}`);
    this.kept.set(statement.first, { key, row, body, text });
    return patch(row, [reviewed("statements") ? this.#label(statement, number) : null, body]);
  }

  #label(statement, number) {
    const { label, facts } = statement;
    const missing = label ? "" : " missing";
    const doubt = unsure(facts) ? " unsure" : "";
    return element(
      "button",
      {
        type: "button",
        class: `statement${missing}${doubt}${this.classOf("statements", statement)}`,
        "data-label": label,
        "data-sentence": number,
        title: doubt ? `The model is unsure: ${facts.score}` : null,
        tabindex: "-1",
      },
      label ?? "no label",
    );
  }

  // A sentence's tokens from its first to that of the next, cut into `{first, stop, end, key}`; the
  // key says all that is drawn of them. Cuts are fixed, so that an edit moves no other chunk.
  #pieces(number) {
    const { statements, tokens } = this.paragraph;
    const end = statements[number + 1]?.first ?? tokens.length;
    const pieces = [];
    for (let first = number ? statements[number].first : 0; first < end;) {
      const cut = (Math.floor(first / CHUNK) + 1) * CHUNK;
      const drawn = [];
      let stop = first;
      while (stop < end && stop < cut) {
        const entity = this.starts.get(stop);
        const next = Math.min(entity?.end ?? stop + 1, end);
        if (entity) drawn.push(entity);
        for (; stop < next; stop += 1) drawn.push(...this.parts[stop]);
      }
      pieces.push({
        first,
        stop,
        end,
        key: JSON.stringify([first, stop, end, [...new Set(drawn)]]),
      });
      first = stop;
    }
    return pieces;
  }

  #chunk({ first, stop, end, key }) {
    const before = this.readOnly ? undefined : nodes.chunks.get(key);
    const chunk = before ?? element("span", { class: "chunk" }, this.#tokens(first, stop, end));
    if (!before && !this.readOnly) watch(chunk);
    this.chunks.set(key, chunk);
    return chunk;
  }

  #tokens(first, stop, end) {
    const out = [];
    for (let index = first; index < stop;) {
      const entity = this.starts.get(index);
      const last = entity ? Math.min(entity.end, stop) : index + 1;
      const inside = [];
      for (let i = index; i < last; i += 1)
        inside.push(this.#token(i), i + 1 < last ? this.#gap(i) : "");
      out.push(entity ? this.#mark(entity, inside) : inside, last < end ? this.#gap(last - 1) : "");
      index = last;
    }
    return out;
  }

  #mark(entity, inside) {
    const { kb_id, score } = entity.facts;
    const doubt = unsure(entity.facts) ? `The model is unsure: ${score}` : null;
    const classes = `entity${doubt ? " unsure" : ""}${this.classOf("entities", entity)}`;
    const tag = element(
      "span",
      { class: "tag" },
      entity.label,
      kb_id ? element("span", { class: "link-sign", "aria-label": "linked" }, "↗") : null,
    );
    return element(
      "mark",
      {
        class: classes,
        "data-label": entity.label,
        "data-entity": entity.first,
        title: kb_id ? `${entity.label}: ${kb_id}` : doubt,
      },
      inside,
      tag,
    );
  }

  #token(index) {
    const token = this.paragraph.tokens[index];
    const here = this.parts[index];
    const node = element(
      "span",
      { class: `token${lines(here)}`, "data-token": index },
      visibleText(token.text),
    );
    const tags = this.#roleTags(here.filter((part) => part.first === index));
    if (tags) node.append(tags);
    if (!this.readOnly) nodes.tokens[index] = node;
    return node;
  }

  // The parts that begin at a token, one tag a role with the numbers of its claims, side by side;
  // short where the words are.
  #roleTags(parts) {
    if (!parts.length) return null;
    const room = Math.max(...parts.map((part) => this.paragraph.text(part).length));
    const tags = ROLES.map((role) => [role, parts.filter((part) => part.role === role)]).filter(
      ([, some]) => some.length,
    );
    const whole = tags.map(
      ([role, some]) => `${role} ${some.map((part) => part.claim + 1).join(",")}`,
    );
    const short = whole.join(" ").length > room;
    const letters = { source: "s", cue: "d", content: "f" };
    return element(
      "span",
      { class: "roles", "aria-hidden": "true" },
      tags.map(([role], index) =>
        element(
          "span",
          { class: `role role-${role}` },
          short ? whole[index].replace(role, letters[role]) : whole[index],
        ),
      ),
    );
  }

  // The blank after a token carries the lines of those parts that go on after it.
  #gap(index) {
    if (!this.paragraph.tokens[index].blank) return "";
    const both = this.parts[index].filter((part) => part.end > index + 1);
    const node = element("span", { class: `gap${lines(both)}`, "data-gap": index }, " ");
    if (!this.readOnly) nodes.gaps[index] = node;
    return node;
  }
}

// Entities by the tokens that a mark begins at: the first, and that of each sentence that an entity
// reaches into.
function entityStarts({ entities, statements }) {
  const starts = new Map();
  let next = 0;
  for (const entity of entities) {
    starts.set(entity.first, entity);
    while (statements[next]?.first <= entity.first) next += 1;
    for (; statements[next]?.first < entity.end; next += 1)
      starts.set(statements[next].first, entity);
  }
  return starts;
}

const lines = (parts) => [...new Set(parts.map((part) => ` in-${part.role}`))].join("");

// The parts of claims at each token.
function claimParts(paragraph) {
  const at = paragraph.tokens.map(() => []);
  if (!reviewed("claims")) return at;
  paragraph.claims.forEach((claim, number) => {
    for (const role of ROLES) {
      if (!claim[role]) continue;
      const part = { ...claim[role], role, claim: number };
      for (let i = part.first; i < part.end; i += 1) at[i].push(part);
    }
  });
  return at;
}
