// Questions to the annotator, and the guidelines.

import { byId, element, fill, kbd } from "./dom.js";
import { shownKey } from "./keys.js";

const questions = []; // the first is the one that is shown; the others come after it

// A question with choices: `[text, work]`, the first is the likely one. One that `must` be answered
// comes again where it was closed without a choice; the same title again takes the older's place.
export function ask(title, content, choices, { must = false } = {}) {
  const question = { title, content, choices, must };
  const asked = questions.findIndex((one) => one.title === title);
  questions.splice(asked < 0 ? questions.length : asked, 1, question);
  if (questions[0] === question) showQuestion(question);
}

function showQuestion(question) {
  const dialog = byId("ask");
  byId("ask-title").textContent = question.title;
  fill(byId("ask-body"), ...question.content);
  fill(
    byId("ask-buttons"),
    ...question.choices.map(([text, work], i) =>
      element(
        "button",
        {
          type: "submit",
          class: i ? "" : "primary",
          onclick: (event) => {
            event.preventDefault();
            if (!i && !event.target.form.reportValidity()) return;
            question.must = false;
            dialog.close();
            work?.();
          },
        },
        text,
      ),
    ),
  );
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector("input, textarea") ?? dialog.querySelector("button")).focus();
}

byId("ask").addEventListener("close", () => {
  if (!questions[0].must) questions.shift();
  if (questions.length) showQuestion(questions[0]);
});

export function askText(title, name, value, work, { lines = false } = {}) {
  const input = element(lines ? "textarea" : "input", {
    name: "text",
    "aria-label": name,
    rows: lines ? 3 : null,
    type: lines ? null : "text",
  });
  input.value = value;
  const done = () => work(input.value.trim());
  if (lines) {
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        byId("ask").close();
        done();
      }
    });
  }
  ask(
    title,
    [input],
    [
      ["OK", done],
      ["Cancel", null],
    ],
  );
}

// One of the scheme's labels, by its key; "" for all.
export function askLabel(labels, choose, layers) {
  const all = layers.flatMap((layer) => labels[layer]);
  const chosen = (label) => {
    byId("ask").close();
    choose(label);
  };
  const chips = all.map((label) =>
    element(
      "button",
      { type: "button", class: "chip", onclick: () => chosen(label.name) },
      label.key ? kbd(shownKey(label.key)) : "",
      " ",
      label.name,
    ),
  );
  const content = element("div", { class: "chips" }, chips);
  content.addEventListener("keydown", (event) => {
    const label = all.find(({ key }) => key === event.key);
    if (label) chosen(label.name);
  });
  ask(
    "Only paragraphs with the label",
    [content],
    [
      ["All labels", () => choose("")],
      ["Cancel", null],
    ],
  );
  chips[0].focus();
}

// What of the input files could not be taken in.
export function listProblems(problems) {
  const shown = problems.slice(0, 200).map((problem) => element("li", {}, problem));
  const more =
    problems.length > 200
      ? element("p", {}, `and ${problems.length - 200} more; the terminal lists them all`)
      : null;
  ask(
    "Left out of the files",
    [element("ul", { class: "problems", tabindex: "0" }, shown), more].filter(Boolean),
    [["OK", null]],
  );
}

export async function openGuidelines() {
  const body = byId("guide-body");
  if (!body.childElementCount) {
    const response = await fetch("/guidelines");
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    fill(body, ...page.body.childNodes);
  }
  byId("guide").showModal();
}
