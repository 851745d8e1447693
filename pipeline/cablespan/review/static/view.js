// Draws a paragraph: one row a sentence, its label in the margin, entities inline, the parts of claims as underlines that are tied together.

import { byId, element, fill, kbd, visibleText } from "./dom.js";
import { ROLE_KEYS, STATEMENT_KEYS, ENTITY_KEYS } from "./keys.js";
import { ROLES } from "./paragraph.js";

export const workspace = byId("workspace");

const UNSURE = 0.7;
const unsure = (facts) => facts?.score !== undefined && facts.score !== null && facts.score < UNSURE;

// `differs(layer, mark)` marks what the versions of several annotators do not share.
export function drawSentences(paragraph, { differs = () => false, readOnly = false } = {}) {
  const parts = claimParts(paragraph);
  return paragraph.statements.map((statement, number) => {
    const next = paragraph.statements[number + 1];
    const range = { first: number ? statement.first : 0, end: next ? next.first : paragraph.tokens.length };
    const name = statement.label ?? "no label";
    const label = element(
      "button",
      {
        type: "button",
        class: `statement${statement.label ? "" : " missing"}${unsure(statement.facts) ? " unsure" : ""}${differs("statements", statement) ? " differs" : ""}`,
        "data-label": statement.label,
        "data-sentence": number,
        title: unsure(statement.facts) ? `The model is unsure: ${statement.facts.score}` : null,
        tabindex: "-1",
      },
      name,
    );
    const text = element("p", { class: "sentence", dir: "auto" }, drawTokens(paragraph, range, parts, differs));
    return element(
      "div",
      { class: "row", "data-sentence": number, role: "group", "aria-label": `Sentence ${number + 1}: ${name}` },
      label,
      element("div", {}, text, drawClaims(paragraph, number, differs, readOnly)),
    );
  });
}

function drawTokens(paragraph, { first, end }, parts, differs) {
  const out = [];
  let index = first;
  while (index < end) {
    const entity = paragraph.entities.find((e) => e.first === index);
    if (!entity) {
      out.push(drawToken(paragraph, index, parts, index + 1 < end));
      index += 1;
      continue;
    }
    const stop = Math.min(entity.end, end);
    const inside = [];
    for (let i = index; i < stop; i += 1) inside.push(drawToken(paragraph, i, parts, i + 1 < stop));
    const classes = `entity${unsure(entity.facts) ? " unsure" : ""}${differs("entities", entity) ? " differs" : ""}`;
    const title = entity.facts?.kb_id ? `${entity.label}: ${entity.facts.kb_id}` : unsure(entity.facts) ? `The model is unsure: ${entity.facts.score}` : null;
    out.push(
      element("mark", { class: classes, "data-label": entity.label, "data-entity": paragraph.entities.indexOf(entity), title }, inside, element("span", { class: "tag" }, entity.label)),
    );
    if (stop < end) out.push(drawGap(paragraph, stop - 1, parts));
    index = stop;
  }
  return out;
}

function drawToken(paragraph, index, parts, gap) {
  const token = paragraph.tokens[index];
  const here = parts.at[index];
  const tags = here.filter((part) => part.first === index);
  const node = element("span", { class: `token${lines(here)}`, "data-token": index }, visibleText(token.text));
  for (const part of tags) {
    const long = paragraph.text(part).length > 8;
    node.append(element("span", { class: `role role-${part.role}`, "data-short": long ? null : "", "aria-hidden": "true" }, `${long ? part.role : ROLE_KEYS[ROLES.indexOf(part.role)]} ${part.claim + 1}`));
  }
  return gap ? [node, drawGap(paragraph, index, parts)] : [node];
}

// The blank behind a token carries the lines of those parts that go on behind it.
function drawGap(paragraph, index, parts) {
  if (!paragraph.tokens[index].blank) return "";
  const both = parts.at[index].filter((part) => part.end > index + 1);
  return element("span", { class: `gap${lines(both)}`, "data-gap": index }, " ");
}

const lines = (parts) => [...new Set(parts.map((part) => ` in-${part.role}`))].join("");

function claimParts(paragraph) {
  const at = paragraph.tokens.map(() => []);
  paragraph.claims.forEach((claim, number) => {
    for (const role of ROLES) {
      if (!claim[role]) continue;
      const part = { ...claim[role], role, claim: number };
      for (let i = part.first; i < part.end; i += 1) at[i].push(part);
    }
  });
  return { at };
}

const start = (claim) => Math.min(...ROLES.filter((role) => claim[role]).map((role) => claim[role].first));

function drawClaims(paragraph, sentence, differs, readOnly) {
  const here = paragraph.claims
    .map((claim, number) => ({ claim, number }))
    .filter(({ claim }) => paragraph.sentenceAt((claim.cue ?? claim.source ?? claim.content).first) === sentence)
    .sort((a, b) => start(a.claim) - start(b.claim));
  if (!here.length) return null;
  return element(
    "ul",
    { class: "claims", "aria-label": "Claims" },
    here.map(({ claim, number }) =>
      element(
        "li",
        { class: differs("claims", claim) ? "differs" : null, "data-claim": number },
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
        claim.certainty && element("span", { class: "certainty" }, claim.certainty),
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
    const rect = workspace.querySelector(`.sentence [data-token="${range.first}"]`)?.getClientRects()[0];
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

export function drawContext(task) {
  for (const side of ["before", "after"]) {
    fill(
      byId(side),
      ...task[side].map((near) => element("p", { dir: "auto" }, element("span", { class: "place" }, place(near)), " ", ...visibleText(near.text))),
    );
  }
}

const percent = (value) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;

export function drawProgress(progress) {
  const share = progress.total ? progress.done / progress.total : 0;
  const meter = element("progress", { max: progress.total || 1, value: progress.done, "aria-label": "Your share of all paragraphs" });
  const pace = progress.per_hour ? ` · ${Math.round(progress.per_hour)} an hour` : "";
  const title = `accepted ${progress.accept}, rejected ${progress.reject}, ignored ${progress.ignore}, flagged ${progress.flagged}`;
  fill(byId("progress"), meter, element("span", { title }, `${progress.done} of ${progress.total} (${percent(share)})${pace}`));
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

export function drawLegend(labels, actions, press) {
  const chip = (kind, label, key, press) =>
    element("button", { type: "button", class: `chip ${kind}`, "data-label": label.label, title: label.definition, onclick: press }, kbd(key), element("span", {}, label.label));
  const group = (title, ...content) => element("section", { class: "group" }, element("h2", {}, title), ...content);
  const grid = (...chips) => element("div", { class: "chips" }, ...chips);
  fill(
    byId("legend"),
    group("Entities", grid(labels.entities.map((label, i) => chip("entity-chip", label, ENTITY_KEYS[i], () => press({ entity: i }))))),
    group("Statements", grid(labels.statements.map((label, i) => chip("statement-chip", label, STATEMENT_KEYS[i], () => press({ statement: i }))))),
    group("Claims", grid(labels.claims.map((label, i) => chip(`role-chip chip-${label.label.toLowerCase()}`, label, ROLE_KEYS[i], () => press({ role: i }))))),
    group(
      "Keys",
      element("div", { class: "actions" }, actions.filter((a) => a.legend).map((a) => element("button", { type: "button", title: a.title, onclick: () => press(a.name) }, kbd(a.show), " ", a.short ?? a.title))),
    ),
  );
}

export function drawHelp(labels, actions) {
  const groups = [...new Set(actions.map((action) => action.group))];
  const rows = (list) => element("dl", { class: "keys" }, list.map(([key, text]) => element("div", {}, element("dt", {}, kbd(key)), element("dd", {}, text))));
  const defined = (list, keys) => rows(list.map((label, i) => [keys[i], [element("strong", {}, label.label), ` ${label.definition}`]]));
  fill(
    byId("help-body"),
    element("div", { class: "help-columns" }, groups.map((name) => element("section", {}, element("h3", {}, name), rows(actions.filter((a) => a.group === name).map((a) => [a.show, a.title]))))),
    element("h3", {}, "Entities: press on a selection or an entity"),
    defined(labels.entities, ENTITY_KEYS),
    element("h3", {}, "Statements: the first that fits, in this order"),
    defined(labels.statements, STATEMENT_KEYS),
    element("h3", {}, "Claims: put the cursor on the cue, press d, s, f; or n and three selections"),
    defined(labels.claims, ROLE_KEYS),
  );
}
