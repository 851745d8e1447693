// Where a part of a claim most likely lies when only its cue is known: the source before it, the
// content after it.

const BEFORE_CONTENT = ["that", ":", ","];
const ENDS_CONTENT = ["$", "%", ")", '"', "”", "'"];
const BEFORE_SOURCE = ["but", "and", "however", "also"];
const BETWEEN = /^(\W*|also|again|then|later|has|had|have)$/i; // a source's name and its cue

export function guessPart(paragraph, role, cue) {
  const sentence = paragraph.statements[paragraph.sentenceAt(cue.first)];
  const words = new Words(paragraph.tokens);
  return role === "content"
    ? words.content(cue, sentence)
    : source(paragraph, words, cue, sentence);
}

function source(paragraph, words, cue, sentence) {
  const named = paragraph.entities.findLast((e) => e.end <= cue.first && e.first >= sentence.first);
  if (named && words.all(named.end, cue.first, (text) => BETWEEN.test(text)))
    return { first: named.first, end: named.end };
  return words.source(sentence.first, cue.first);
}

class Words {
  constructor(tokens) {
    this.tokens = tokens;
  }

  all = (first, end, holds) => this.tokens.slice(first, end).every(({ text }) => holds(text));
  text = (i) => this.tokens[i].text.toLowerCase();
  isWord = (i) => /[\p{L}\p{N}]/u.test(this.text(i));

  content(cue, sentence) {
    const leads = (i) => BEFORE_CONTENT.includes(this.text(i)) || !this.text(i).trim();
    const trails = (i) => !this.isWord(i) && !ENDS_CONTENT.includes(this.text(i));
    return this.#between(cue.end, sentence.end, leads, trails);
  }

  source(first, end) {
    const leads = (i) => BEFORE_SOURCE.includes(this.text(i)) || !this.isWord(i);
    return this.#between(first, end, leads, (i) => !this.isWord(i));
  }

  #between(first, end, leads, trails) {
    while (first < end && leads(first)) first += 1;
    while (end > first && trails(end - 1)) end -= 1;
    return first < end ? { first, end } : null;
  }
}
