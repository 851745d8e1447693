// Draws what stands around the paragraph: the header of its cable, its neighbours, messages,
// progress, answers.

import { byId, element, fill, kbd, visibleText } from "./dom.js";

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
    element(
      "dl",
      {},
      facts.map(([name, value]) =>
        element("div", {}, element("dt", {}, name), element("dd", { title: value }, value)),
      ),
    ),
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
    task.answer
      ? element(
          "span",
          { class: `answered ${task.answer.action}` },
          `answered: ${task.answer.action}`,
        )
      : null,
    paragraph.flagged ? element("span", { class: "flag" }, "⚑ flagged") : null,
    paragraph.comment
      ? element(
          "button",
          {
            type: "button",
            class: "comment",
            "data-action": "comment",
            title: "Change the comment",
          },
          `“${paragraph.comment}”`,
        )
      : null,
  );
}

// The paragraphs around, each to be opened in full or to be gone to; those that are accepted along
// say so, with their labels.
export function drawContext(task) {
  for (const side of ["before", "after"]) {
    fill(byId(side), ...task[side].map(contextNode));
  }
}

function contextNode(near) {
  const along = near.along
    ? element(
        "span",
        { class: "along", title: "Accepted along with the paragraph under review" },
        "goes along ",
        near.labels.map((label) =>
          element("span", { class: "chip small", "data-label": label }, label),
        ),
      )
    : null;
  const go = element(
    "a",
    {
      class: "place",
      href: pathOf(near.paragraph),
      "data-paragraph": near.paragraph,
      title: "Go to this paragraph",
    },
    place(near) || "¶",
  );
  const more = element(
    "button",
    { type: "button", class: "more", "aria-expanded": "false" },
    "more",
  );
  const node = element(
    "div",
    { class: "near" },
    element("p", { dir: "auto" }, go, " ", ...visibleText(near.text)),
    along,
    near.text.length > 160 ? more : null,
  );
  more.addEventListener("click", () => {
    const open = node.classList.toggle("open");
    more.textContent = open ? "less" : "more";
    more.setAttribute("aria-expanded", String(open));
  });
  return node;
}

// The page's address of a paragraph; its id is the cable's and a name within it.
export const pathOf = (paragraph) =>
  `/cable/${paragraph.split("/").map(encodeURIComponent).join("/")}`;

const percent = (value) => `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;

export function drawProgress(progress) {
  const share = progress.total ? progress.finished / progress.total : 0;
  const meter = element("progress", {
    max: progress.total || 1,
    value: progress.finished,
    "aria-label": "The team's share of all paragraphs",
  });
  const pace = progress.per_hour ? ` · ${Math.round(progress.per_hour)} an hour` : "";
  const { accept, reject, ignore, flagged } = progress;
  const title = `yours: accepted ${accept}, rejected ${reject}, ignored ${ignore}, flagged ${flagged}`;
  const own = progress.done === progress.finished ? "" : `, ${progress.done} yours`;
  const text = `${progress.finished} of ${progress.total} (${percent(share)})${own}${pace}`;
  const corrections = progress.corrections
    ? element(
        "button",
        {
          type: "button",
          class: "filter corrections",
          "data-action": "corrections",
          title: "What you began and the queue does not lead to: corrections of answered paragraphs",
        },
        `${progress.corrections} correction${progress.corrections > 1 ? "s" : ""} open`,
      )
    : null;
  fill(byId("progress"), corrections, meter, element("span", { title }, text));
}

export function drawAnswers(adjudicating) {
  const button = (name, text, key, kind = "") =>
    element("button", { type: "button", class: kind, "data-action": name }, text, " ", kbd(key));
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
