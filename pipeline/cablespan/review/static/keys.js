// The keys of actions; those of labels come with the scheme: digits for entities, the top letters
// for statements in the order of decision, s d f for the parts of a claim. The legend and the help
// are made from this table.

// Name, keys apart by blanks, how they are shown, title, and the words in the legend if it is
// there.
// prettier-ignore
const TABLE = {
  Answer: [
    ["accept", "Enter a", "⏎ a", "Accept and next", "Accept and next"],
    ["reject", "x", "x", "Reject and next", "Reject and next"],
    ["ignore", "Space", "space", "Ignore and next", "Ignore and next"],
    ["undo", "z Ctrl+z Meta+z", "z", "Undo: edits, then answers, without limit", "Undo"],
    ["redo", "Z Ctrl+Z Ctrl+y Meta+Z", "⇧z", "Redo an edit", "Redo"],
    ["comment", "c", "c", "Comment on the paragraph", "Comment"],
    ["flag", "b", "b", "Flag the paragraph (bookmark)", "Flag"],
  ],
  Select: [
    ["wordLeft", "ArrowLeft", "←", "Word before"],
    ["wordRight", "ArrowRight", "→", "Word after"],
    ["sentenceUp", "ArrowUp", "↑", "Sentence before"],
    ["sentenceDown", "ArrowDown", "↓", "Sentence after"],
    ["nextEntity", "Tab", "⇥", "Next entity", "Next entity"],
    ["previousEntity", "Shift+Tab", "⇧⇥", "Previous entity"],
    ["nextPart", "j", "j", "Next part of a claim", "Next claim part"],
    ["previousPart", "k", "k", "Previous part of a claim"],
    ["goToMark", "g", "g", "Go to a mark by its letter", "Go to mark"],
    ["goToWord", "G", "⇧g", "Go to a word of the sentence by its letter", "Go to word"],
    ["clear", "Escape", "esc", "Clear the selection; again: leave the text for Tab"],
  ],
  Change: [
    ["endRight", "Shift+ArrowRight ]", "⇧→ ]", "End one word right (extend)", "End right"],
    ["endLeft", "Shift+ArrowLeft }", "⇧← }", "End one word left (shrink)", "End left"],
    ["startLeft", "Alt+Shift+ArrowLeft [", "[", "Start one word left (extend)", "Start left"],
    ["startRight", "Alt+Shift+ArrowRight {", "{", "Start one word right (shrink)", "Start right"],
    ["delete", "Delete Backspace", "del", "Delete the selected mark", "Delete mark"],
    ["deleteClaim", "Shift+Delete Shift+Backspace", "⇧del", "Delete the whole claim"],
    ["split", "v", "v", "Split the sentence before the word", "Split sentence"],
    ["merge", "m", "m", "Merge the sentence with the next", "Merge sentence"],
    ["newClaim", "n", "n", "New claim: then select source, cue, content", "New claim"],
    ["certainty", "i", "i", "Certainty of the claim: asserted, hedged, denied, asked", "Certainty"],
    ["link", "K", "⇧k", "Link and cluster of the entity, or the speaker of the claim", "Link"],
  ],
  Move: [
    ["back", ", PageUp", ",", "Paragraph before", "Back"],
    ["forward", ". PageDown", ".", "Paragraph after", "Forward"],
    ["overview", "p", "p", "Overview: the paragraphs of the cable with their states", "Overview"],
    ["nextConflict", "J", "⇧j", "Adjudication: the next open conflict"],
    ["order", "o", "o", "Queue: as imported, or the least certain first", "Queue order"],
    ["label", "l", "l", "Queue: only paragraphs with a label", "By label"],
    ["search", "/", "/", "Search all work: a cable's id, or whole words", "Search"],
  ],
  Help: [
    ["guidelines", "h", "h", "Guidelines", "Guidelines"],
    ["help", "?", "?", "All keys", "All keys"],
  ],
};

export const ACTIONS = Object.entries(TABLE).flatMap(([group, rows]) =>
  rows.map(([name, keys, show, title, legend]) => ({ group, name, keys, show, title, legend })),
);

const keysOf = ({ keys }) => keys.split(" ").map((key) => (key === "Space" ? " " : key));

const byKey = new Map(ACTIONS.flatMap((action) => keysOf(action).map((key) => [key, action.name])));

// Keys of labels come before those of actions, so that a project's own labels may take a letter.
const byLabel = new Map();

export function readLabelKeys({ entities, statements, claims }, layers) {
  const kinds = [
    ["entities", "entity", entities],
    ["statements", "statement", statements],
    ["claims", "role", claims],
  ];
  for (const [layer, kind, labels] of kinds) {
    if (!layers.includes(layer)) continue;
    labels.forEach(({ key }, index) => key && byLabel.set(key, { [kind]: index }));
  }
  ACTIONS.forEach(giveWay);
}

// An action whose key a label took is reached by the capital, where that is free.
function giveWay(action) {
  for (const key of keysOf(action).filter((key) => byLabel.has(key))) {
    const capital = key.toUpperCase();
    const free = capital !== key && !byKey.has(capital) && !byLabel.has(capital);
    if (free) byKey.set(capital, action.name);
    const instead = free ? shownKey(capital) : "";
    const shown = action.show.split(" ").map((one) => (one === key ? instead : one));
    action.show = shown.join(" ").trim();
  }
}

// How a label's key is shown: a capital by its letter and the shift key.
export const shownKey = (key) => (/\p{Lu}/u.test(key) ? `⇧${key.toLowerCase()}` : key);

// The action of a key press: a name of ACTIONS, {entity: n}, {statement: n}, {role: n}, or in
// adjudication {reading: n} (null: leave out) and {version: n}; null for none.
export function actionOf(event) {
  const { key } = event;
  if (event.altKey && !event.ctrlKey && /^Digit[0-9]$/.test(event.code)) {
    const number = Number(event.code.at(-1)) - 1;
    if (event.shiftKey) return number < 0 ? null : { version: number };
    return { reading: number < 0 ? null : number };
  }
  if (event.altKey && /^[\p{L} ]$/u.test(key)) return null; // the browser's menus, the window's
  const named = key.length > 1;
  const prefix =
    (event.ctrlKey ? "Ctrl+" : "") +
    (event.metaKey ? "Meta+" : "") +
    (named && event.altKey ? "Alt+" : "") +
    (named && event.shiftKey ? "Shift+" : "");
  if (!prefix && !event.altKey && byLabel.has(key)) return byLabel.get(key);
  return byKey.get(prefix + key) ?? null;
}
