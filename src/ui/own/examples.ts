/** Rules to begin with; each can be gamed in another way. */
export const RULES = {
  praise: `// words: the answer, word by word. prompt: what was asked.
function reward(words, prompt) {
  const praise = ['great', 'wonderful', 'excellent', 'perfect'];
  return words.filter((word) => praise.includes(word)).length;
}
`,
  length: `(words) => words.length
`,
  variety: `// Share of words that are new: an answer that repeats itself scores low.
(words) => new Set(words).size / Math.max(1, words.length)
`,
  short: `// Ends, and does not take long about it.
(words, prompt, finished) => (finished ? 1 : -1) - words.length / 20
`,
} as const;

export type RuleExample = keyof typeof RULES;
export const RULE_EXAMPLES = Object.keys(RULES) as readonly RuleExample[];
