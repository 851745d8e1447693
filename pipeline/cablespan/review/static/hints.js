// A letter on every mark or word: pressing it goes there.

import { element } from "./dom.js";

const LETTERS = "fjdkslaghrueiwovmcnxbtyqpz";

let targets = null; // letters -> what they choose
let typed = "";

export const hintsShown = () => targets !== null;

// `places` are `{node, choose}`. Gives how many letters each takes.
export function showHints(places) {
  targets = new Map();
  typed = "";
  const count = lettersFor(places.length);
  places.forEach(({ node, choose }, index) => {
    const letters = lettersOf(index, count);
    targets.set(letters, choose);
    node.append(element("span", { class: "hint", "aria-hidden": "true" }, letters));
  });
  if (!targets.size) targets = null;
  return count;
}

const lettersFor = (places, count = 1) =>
  places > LETTERS.length ** count ? lettersFor(places, count + 1) : count;

function lettersOf(index, count) {
  const letter = LETTERS[index % LETTERS.length];
  return count > 1 ? lettersOf(Math.floor(index / LETTERS.length), count - 1) + letter : letter;
}

export function dropHints() {
  targets = null;
  for (const node of document.querySelectorAll("#workspace .hint")) node.remove();
}

// What a key press chooses: a function to call, null while more letters are awaited, false where no
// mark has the letter.
export function hintKey(event) {
  if (event.key === "Shift") return null;
  typed += event.key.toLowerCase();
  const choose = event.key.length === 1 && targets.get(typed);
  if (choose) {
    dropHints();
    return choose;
  }
  if (event.key.length === 1 && [...targets.keys()].some((letters) => letters.startsWith(typed)))
    return null;
  dropHints();
  return false;
}
