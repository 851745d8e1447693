// The steps of undo as they are saved. On the page a step is the layers that an edit changed, whole;
// of many steps in a long text only the last has them whole, the others what differs from the step
// after them: `marks`, which stood at `at` instead of `over` others.

import { readLayer, writeLayer } from "./layers.js";

const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

function difference(after, before) {
  const shorter = Math.min(after.length, before.length);
  let at = 0;
  while (at < shorter && same(after[at], before[at])) at += 1;
  let end = 0;
  while (end < shorter - at && same(after.at(-1 - end), before.at(-1 - end))) end += 1;
  return {
    at,
    over: after.length - end - at,
    marks: before.slice(at, before.length - end),
  };
}

const differing = (after, { at, over, marks }) => after.toSpliced(at, over, ...marks);

// Walks from the last step to the first; `work` gets the layer's value in the step after it, where
// there is one, and gives what becomes of the step's own, and its value for the step before.
function backwards(steps, later, work) {
  const walked = steps.toReversed().map((step) =>
    Object.fromEntries(
      Object.entries(step).map(([layer, value]) => {
        const [made, whole] = work(layer, value, later[layer]);
        later[layer] = whole;
        return [layer, made];
      }),
    ),
  );
  return walked.reverse();
}

export function writeSteps(tokens, steps) {
  return backwards(steps, {}, (layer, value, after) => {
    if (!Array.isArray(value) || !after) return [writeLayer(tokens, layer, value), value];
    const { marks, ...place } = difference(after, value);
    return [{ ...place, marks: writeLayer(tokens, layer, marks) }, value];
  });
}

// `now` is the paragraph's layers: marks that a step shares with them are the same objects again,
// which makes finding the difference quick.
export function readSteps(tokens, steps, now) {
  return backwards(steps ?? [], { ...now }, (layer, value, after) => {
    const read = (marks) => readLayer(tokens, layer, marks);
    const whole = Array.isArray(value)
      ? differing(after, difference(after, read(value)))
      : value?.marks
        ? differing(after, { ...value, marks: read(value.marks) })
        : value;
    return [whole, whole];
  });
}
