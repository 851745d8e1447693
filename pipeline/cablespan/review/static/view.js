// Draws a paragraph: one row a sentence, its label in the margin, entities inline, the parts of claims as underlines that are tied together.

import { byId, element, fill, kbd, patch, visibleText } from "./dom.js";
import { anchor, ROLES } from "./paragraph.js";
import { reviewed } from "./state.js";

export const workspace = byId("workspace");

const UNSURE = 0.7;
const CHUNK = 150; // tokens that are drawn anew together when one of them changes
const LONG = 4 * CHUNK; // an undivided text of more tokens is shown in blocks: a browser lays out 20,000 in one line flow in seconds
const unsure = (facts) => facts?.score !== undefined && facts.score !== null && facts.score < UNSURE;

// The nodes of the paragraph under review: by token, so that nothing searches the page for them; chunks and rows as they were drawn
// last, so that what has not changed stays.
export const nodes = { tokens: [], gaps: [], chunks: new Map(), rows: new Map() };

export function forgetNodes() {
  Object.assign(nodes, { tokens: [], gaps: [], chunks: new Map(), rows: new Map() });
}

// `classOf(layer, mark)` adds a class to marks; `readOnly` is a version beside the paragraph under review.
export function drawSentences(paragraph, { classOf = () => "", readOnly = false } = {}) {
  const parts = claimParts(paragraph);
  const starts = new Map(paragraph.entities.map((entity) => [entity.first, entity]));
  const chunks = new Map();
  const kept = new Map();
  const rows = paragraph.statements.map((statement, number) => {
    const next = paragraph.statements[number + 1];
    const range = { first: number ? statement.first : 0, end: next ? next.first : paragraph.tokens.length };
    const name = statement.label ?? "no label";
    const label = element(
      "button",
      {
        type: "button",
        class: `statement${statement.label ? "" : " missing"}${unsure(statement.facts) ? " unsure" : ""}${classOf("statements", statement)}`,
        "data-label": statement.label,
        "data-sentence": number,
        title: unsure(statement.facts) ? `The model is unsure: ${statement.facts.score}` : null,
        tabindex: "-1",
      },
      name,
    );
    const drawn = new Drawing(paragraph, parts, starts, classOf, readOnly ? null : chunks);
    const before = readOnly ? undefined : nodes.rows.get(statement.first);
    const text = patch(before?.text ?? element("p", { class: "sentence", dir: "auto" }), drawn.chunks(range));
    text.classList.toggle("long", range.end - range.first > LONG);
    const claims = reviewed("claims") ? drawClaims(paragraph, number, classOf, readOnly) : null;
    const body = patch(before?.body ?? element("div"), [text, claims]);
    const row = before?.row ?? element("div", { class: "row", role: "group" });
    row.dataset.sentence = number;
    row.setAttribute("aria-label", `Sentence ${number + 1}: ${name}`);
    kept.set(statement.first, { row, body, text });
    return patch(row, [reviewed("statements") ? label : null, body]);
  });
  if (!readOnly) Object.assign(nodes, { chunks, rows: kept });
  return rows;
}

// Tokens as nodes, in chunks; a chunk that is as it was is not drawn again.
class Drawing {
  constructor(paragraph, parts, starts, classOf, kept) {
    Object.assign(this, { paragraph, parts, starts, classOf, kept });
  }

  chunks({ first, end }) {
    const out = [];
    for (let index = first; index < end; ) {
      const edge = (Math.floor(index / CHUNK) + 1) * CHUNK; // fixed, so that an edit moves no other chunk
      let stop = index;
      while (stop < end && stop < edge) stop = Math.min(this.starts.get(stop)?.end ?? stop + 1, end);
      out.push(this.#chunk(index, stop, end));
      index = stop;
    }
    return out;
  }

  #chunk(first, stop, end) {
    if (!this.kept) return element("span", { class: "chunk" }, this.#tokens(first, stop, end));
    const entities = [];
    const parts = new Set();
    for (let index = first; index < stop; index += 1) {
      const entity = this.starts.get(index);
      if (entity) entities.push(entity, this.classOf("entities", entity));
      for (const part of this.parts[index]) parts.add(part);
    }
    const key = JSON.stringify([first, stop, end, entities, [...parts]]);
    const chunk = nodes.chunks.get(key) ?? element("span", { class: "chunk" }, this.#tokens(first, stop, end));
    this.kept.set(key, chunk);
    return chunk;
  }

  #tokens(first, stop, end) {
    const out = [];
    for (let index = first; index < stop; ) {
      const entity = this.starts.get(index);
      const last = entity ? Math.min(entity.end, stop) : index + 1;
      const inside = [];
      for (let i = index; i < last; i += 1) inside.push(this.#token(i), i + 1 < last ? this.#gap(i) : "");
      out.push(entity ? this.#mark(entity, inside) : inside, last < end ? this.#gap(last - 1) : "");
      index = last;
    }
    return out;
  }

  #mark(entity, inside) {
    const { kb_id, score } = entity.facts;
    const classes = `entity${unsure(entity.facts) ? " unsure" : ""}${this.classOf("entities", entity)}`;
    const doubt = unsure(entity.facts) ? `The model is unsure: ${score}` : null;
    const tag = element("span", { class: "tag" }, entity.label, kb_id ? element("span", { class: "link-sign", "aria-label": "linked" }, "↗") : null);
    return element("mark", { class: classes, "data-label": entity.label, "data-entity": entity.first, title: kb_id ? `${entity.label}: ${kb_id}` : doubt }, inside, tag);
  }

  #token(index) {
    const token = this.paragraph.tokens[index];
    const here = this.parts[index];
    const node = element("span", { class: `token${lines(here)}`, "data-token": index }, visibleText(token.text));
    const tags = this.#roleTags(here.filter((part) => part.first === index));
    if (tags) node.append(tags);
    if (this.kept) nodes.tokens[index] = node;
    return node;
  }

  // The parts that begin at a token, one tag a role with the numbers of its claims, side by side; short where the words are.
  #roleTags(parts) {
    if (!parts.length) return null;
    const room = Math.max(...parts.map((part) => this.paragraph.text(part).length));
    const tags = ROLES.map((role) => [role, parts.filter((part) => part.role === role)]).filter(([, some]) => some.length);
    const whole = tags.map(([role, some]) => `${role} ${some.map((part) => part.claim + 1).join(",")}`);
    const short = whole.join(" ").length > room;
    const letters = { source: "s", cue: "d", content: "f" };
    return element(
      "span",
      { class: "roles", "aria-hidden": "true" },
      tags.map(([role], index) => element("span", { class: `role role-${role}` }, short ? whole[index].replace(role, letters[role]) : whole[index])),
    );
  }

  // The blank after a token carries the lines of those parts that go on after it.
  #gap(index) {
    if (!this.paragraph.tokens[index].blank) return "";
    const both = this.parts[index].filter((part) => part.end > index + 1);
    const node = element("span", { class: `gap${lines(both)}`, "data-gap": index }, " ");
    if (this.kept) nodes.gaps[index] = node;
    return node;
  }
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

const start = (claim) => Math.min(...ROLES.filter((role) => claim[role]).map((role) => claim[role].first));

function drawClaims(paragraph, sentence, classOf, readOnly) {
  const here = paragraph.claims
    .map((claim, number) => ({ claim, number }))
    .filter(({ claim }) => paragraph.sentenceAt(anchor(claim).first) === sentence)
    .sort((a, b) => start(a.claim) - start(b.claim));
  if (!here.length) return null;
  return element(
    "ul",
    { class: "claims", "aria-label": "Claims" },
    here.map(({ claim, number }) =>
      element(
        "li",
        { class: classOf("claims", claim).trim() || null, "data-claim": number },
        element("span", { class: "number" }, `${number + 1}`),
        ROLES.map((role) => {
          const text = claim[role] ? shorten(paragraph.text(claim[role])) : "none";
          return element(
            "button",
            { type: "button", class: `part part-${role}${claim[role] ? "" : " none"}`, "data-claim": number, "data-role": role, tabindex: "-1", disabled: readOnly && !claim[role] },
            element("span", { class: "name" }, role),
            " ",
            element("bdi", {}, visibleText(text)),
          );
        }),
        element("button", { type: "button", class: "certainty", "data-claim": number, tabindex: "-1", disabled: readOnly, title: "How the source stands to the content (i)" }, claim.certainty ?? "certainty?"),
        element("button", { type: "button", class: "speaker", "data-claim": number, tabindex: "-1", disabled: readOnly, title: "Who speaks: the cluster or the link of the source" }, claim.speaker === null ? "speaker?" : `speaker ${claim.speaker}`),
      ),
    ),
  );
}

const shorten = (text) => (text.length > 64 ? `${text.slice(0, 40).replace(/\s+\S*$/u, "")} … ${text.slice(-20).replace(/^\S*\s+/u, "")}` : text);

// Lines from the cue (or else the content) to the other parts, for one claim or all.
export function drawLinks(paragraph, active) {
  workspace.querySelector("svg.links")?.remove();
  const frame = workspace.getBoundingClientRect();
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "links");
  svg.setAttribute("aria-hidden", "true");
  const edge = (range) => {
    const rect = nodes.tokens[range.first]?.getClientRects()[0];
    return rect && { x: rect.left - frame.left + 12, y: rect.bottom - frame.top + 13 };
  };
  paragraph.claims.forEach((claim, number) => {
    const from = claim.cue ? "cue" : "content";
    for (const role of ROLES) {
      if (role === from || !claim[role] || !claim[from]) continue;
      const [a, b] = [edge(claim[from]), edge(claim[role])];
      if (!a || !b) continue;
      const depth = Math.max(a.y, b.y) + 11;
      const path = document.createElementNS(svg.namespaceURI, "path");
      path.setAttribute("d", `M${a.x} ${a.y} C${a.x} ${depth} ${b.x} ${depth} ${b.x} ${b.y + 2}`);
      path.setAttribute("class", `link link-${role}${number === active ? " active" : ""}`);
      svg.append(path);
      const tip = document.createElementNS(svg.namespaceURI, "path");
      tip.setAttribute("d", `M${b.x - 3.5} ${b.y + 6} L${b.x} ${b.y + 1} L${b.x + 3.5} ${b.y + 6} Z`);
      tip.setAttribute("class", `tip link-${role}${number === active ? " active" : ""}`);
      svg.append(tip);
    }
  });
  workspace.append(svg);
}

// --- around the paragraph ---

export const say = (message) => (byId("status").textContent = message);

// A refusal: the same place, marked so that it is not overlooked.
export function refuse(message) {
  say(message);
  byId("status").classList.remove("refused");
  void byId("status").offsetWidth; // restarts the animation
  byId("status").classList.add("refused");
}

const people = (value) => (value ?? []).map((one) => one.name ?? one).join(", ");

export function drawCable(task) {
  const { header } = task;
  const facts = [
    ["Cable", header.reference_id ?? task.cable],
    ["Date", header.created?.slice(0, 16).replace("T", " ")],
    ["From", header.from ?? header.origin],
    ["To", people(header.to)],
    ["Info", people(header.info)],
    ["Class", header.classification],
    ["Tags", (header.tags ?? []).join(" ")],
    ["Refs", (header.references ?? []).map((reference) => reference.value).join(", ")],
  ].filter(([, value]) => value);
  fill(
    byId("cable"),
    element("h2", { dir: "auto" }, header.subject ?? task.cable),
    element("dl", {}, facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", { title: value }, value)))),
  );
}

function place(task) {
  const number = task.number ? `¶ ${task.number}` : (task.kind ?? "");
  return [number, task.marking && `(${task.marking})`, task.section].filter(Boolean).join(" ");
}

export function drawCaption(task, paragraph) {
  fill(
    byId("caption"),
    element("strong", {}, place(task)),
    task.answer ? element("span", { class: `answered ${task.answer.action}` }, `answered: ${task.answer.action}`) : null,
    paragraph.flagged ? element("span", { class: "flag" }, "⚑ flagged") : null,
    paragraph.comment ? element("button", { type: "button", class: "comment", "data-action": "comment", title: "Change the comment" }, `“${paragraph.comment}”`) : null,
  );
}

// The paragraphs around, each to be opened in full or to be gone to; those that are accepted along say so, with their labels.
export function drawContext(task) {
  for (const side of ["before", "after"]) {
    fill(byId(side), ...task[side].map(contextNode));
  }
}

function contextNode(near) {
  const along = near.along ? element("span", { class: "along", title: "Accepted along with the paragraph under review" }, "goes along ", near.labels.map((label) => element("span", { class: "chip small", "data-label": label }, label))) : null;
  const go = element("a", { class: "place", href: pathOf(near.paragraph), "data-paragraph": near.paragraph, title: "Go to this paragraph" }, place(near) || "¶");
  const more = element("button", { type: "button", class: "more", "aria-expanded": "false" }, "more");
  const node = element("div", { class: "near" }, element("p", { dir: "auto" }, go, " ", ...visibleText(near.text)), along, near.text.length > 160 ? more : null);
  more.addEventListener("click", () => {
    const open = node.classList.toggle("open");
    more.textContent = open ? "less" : "more";
    more.setAttribute("aria-expanded", String(open));
  });
  return node;
}

// The page's address of a paragraph; its id is the cable's and a name within it.
export const pathOf = (paragraph) => `/cable/${paragraph.split("/").map(encodeURIComponent).join("/")}`;

const percent = (value) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;

export function drawProgress(progress) {
  const share = progress.total ? progress.finished / progress.total : 0;
  const meter = element("progress", { max: progress.total || 1, value: progress.finished, "aria-label": "The team's share of all paragraphs" });
  const pace = progress.per_hour ? ` · ${Math.round(progress.per_hour)} an hour` : "";
  const title = `yours: accepted ${progress.accept}, rejected ${progress.reject}, ignored ${progress.ignore}, flagged ${progress.flagged}`;
  const own = progress.done === progress.finished ? "" : `, ${progress.done} yours`;
  const text = `${progress.finished} of ${progress.total} (${percent(share)})${own}${pace}`;
  const corrections = progress.corrections
    ? element("button", { type: "button", class: "filter corrections", "data-action": "corrections", title: "Answered paragraphs whose correction is not answered: the old answer stands" }, `${progress.corrections} correction${progress.corrections > 1 ? "s" : ""} open`)
    : null;
  fill(byId("progress"), corrections, meter, element("span", { title }, text));
}

export function drawAnswers(adjudicating) {
  const button = (name, text, key, kind = "") => element("button", { type: "button", class: kind, "data-action": name }, text, " ", kbd(key));
  fill(
    byId("answers"),
    button("accept", adjudicating ? "Make gold" : "Accept", "⏎", "primary"),
    button("reject", "Reject", "x"),
    button("ignore", "Ignore", "space"),
    element("span", { class: "spring" }),
    button("undo", "Undo", "z"),
    button("comment", "Comment", "c"),
    button("flag", "Flag", "b"),
  );
}

// The labels of the layers under review: [layer, title, list of {name, definition, key}, what pressing one does].
const groupsOf = (labels) =>
  [
    ["entities", "Entities", labels.entities, (index) => ({ entity: index })],
    ["statements", "Statements", labels.statements, (index) => ({ statement: index })],
    ["claims", "Claims", labels.claims, (index) => ({ role: index })],
  ].filter(([layer]) => reviewed(layer));

export function labelChip(layer, label, press) {
  const kinds = { entities: "entity-chip", statements: "statement-chip", claims: `role-chip chip-${label.name.toLowerCase()}` };
  return element("button", { type: "button", class: `chip ${kinds[layer]}`, "data-label": label.name, title: label.definition, onclick: press }, label.key ? kbd(label.key) : null, element("span", {}, label.name));
}

export function drawLegend(labels, actions, press) {
  const group = (title, ...content) => element("section", { class: "group" }, element("h2", {}, title), ...content);
  fill(
    byId("legend"),
    ...groupsOf(labels).map(([layer, title, list, action]) => group(title, element("div", { class: "chips" }, list.map((label, i) => labelChip(layer, label, () => press(action(i))))))),
    group(
      "Keys",
      element("div", { class: "actions" }, actions.filter((a) => a.legend).map((a) => element("button", { type: "button", "data-name": a.name, title: a.title, onclick: () => press(a.name) }, kbd(a.show), " ", a.short ?? a.title))),
    ),
  );
}

export function drawHelp(labels, actions) {
  const groups = [...new Set(actions.map((action) => action.group))];
  const rows = (list) => element("dl", { class: "keys" }, list.map(([key, text]) => element("div", {}, element("dt", {}, key ? kbd(key) : ""), element("dd", {}, text))));
  const defined = (list) => rows(list.map((label) => [label.key, [element("strong", {}, label.name), ` ${label.definition}`]]));
  const how = {
    entities: "press on a selection or an entity",
    statements: "the first that fits, in this order",
    claims: "put the cursor on the cue, press d, s, f; or n and three selections",
  };
  fill(
    byId("help-body"),
    element("div", { class: "help-columns" }, groups.map((name) => element("section", {}, element("h3", {}, name), rows(actions.filter((a) => a.group === name).map((a) => [a.show, a.title]))))),
    ...groupsOf(labels).flatMap(([layer, title, list]) => [element("h3", {}, `${title}: ${how[layer]}`), defined(list)]),
  );
}
