/** Rewards and data of one's own. */
export const own = {
  own: {
    title: 'Your own reward and data',
    tabs: { reward: 'Reward', data: 'Data', text: 'Text', words: 'Words of this world' },
    name: 'Name',
    reward: {
      about:
        'A JavaScript function of the answer’s words. It runs closed off: no network, no page, no clock, no chance, two seconds at most.',
      editor: 'Reward function',
      examples: 'Examples',
      example: { praise: 'Praise', length: 'Length', variety: 'Variety', short: 'Short and finished' },
      saved: 'Saved',
      fresh: 'New',
      try: 'Try on SFT’s answers',
      trying: 'Asking SFT …',
      noModel: 'There is no SFT model to try it on yet: run the pipeline first.',
      preview: 'Scores of {{n}} answers of SFT',
      untried:
        'Try it first: {{n}} real answers of SFT show what it rewards, before anything learns from it.',
      changed: 'The function has changed since: try it again.',
      answer: 'Answer of SFT',
      score: 'Yours',
      gold: 'Gold',
      histogram: 'Answers by score',
      histogramHint: 'Bars: answers with that score. Line: their mean gold reward.',
      answers: 'answers',
      meanGold: 'mean gold',
      correlation: 'Correlation with gold: {{value}}.',
      agrees: 'It mostly wants what the world wants; what it leaves out will be gamed all the same.',
      apart: 'It wants something else than the world: expect gold to fall as PPO learns it.',
      against: 'It wants the opposite of what the world wants.',
      flat: 'Every answer gets the same score: nothing can be learned from it.',
      outside: '{{share}} of the scores lie outside of −1…1 and are cut off where the rule is gold.',
      asProxy: 'Use as proxy: add arm',
      asProxyHint:
        'A new arm learns this rule in place of a reward model. Gold of the world is still measured, so you see the rule gamed.',
      method: 'Method',
      asGold: 'Use as gold',
      asGoldHint:
        'Everything is measured and labelled by your rule: gold, win rate, over-optimisation, simulated labels and the reward model that learns from them. Ready-made models and recorded seeds do not apply; SFT, labels and reward model are trained anew.',
      added: '“{{name}}” was added: press Run.',
      goldSet: 'Gold is your rule now: press Run.',
    },
    data: {
      about:
        'JSON Lines in one of TRL’s three formats: prompt and completion, prompt with chosen and rejected answer, or prompts alone. Text, or conversations of one question and one answer.',
      paste: 'Paste rows',
      choose: 'Choose a file …',
      nothing:
        'Paste rows, choose a file, or drop one anywhere on the page. Nothing is used before you have seen every row.',
      line: 'Line',
      row: 'Row',
      problem: 'Fits?',
      sound: 'yes',
      summary: '{{sound}} of {{all}} rows fit.',
      all: 'All rows ({{n}})',
      onlyBad: 'With a problem ({{n}})',
      unknown: 'Words outside the vocabulary: {{n}}',
      inRows: 'rows: {{n}}',
      near: 'nearest: {{words}}',
      kind: { pairs: 'Comparisons', demonstrations: 'Demonstrations', prompts: 'Prompts' },
      use: {
        pairs:
          'DPO and its kin learn from these comparisons; PPO and its kin from a reward model of them. Held-out comparisons, evaluation and gold stay the world’s.',
        demonstrations: 'An SFT model of its own imitates these demonstrations, and the arm grows from it.',
        prompts:
          'The arm answers these prompts as it learns; it is measured on the world’s held-out prompts.',
      },
      leftOut: 'Rows with a problem are left out: {{n}}.',
      noGold: {
        pairs:
          'For {{n}} of them the world knows no gold: they are learned from, but agreement with gold cannot be had for them.',
        demonstrations:
          'For {{n}} of them the world knows no gold: they are learned from, but stand without it in the data.',
        prompts:
          'For {{n}} of them the world knows no gold: reward curves by gold could not be had, so they are left out.',
      },
      add: 'Add arm on {{n}} rows',
    },
    text: {
      about:
        'A base model learns to continue your text, one line a document, in place of the world’s web. Its tokens are the words of this world: others are left out, and shown here.',
      paste: 'Paste a text',
      nothing: 'Paste a text or choose a file.',
      summary: '{{known}} of {{words}} words are in the vocabulary, in {{lines}} lines.',
      few: 'A model of so little text repeats it word for word.',
      hint: 'The arm gets a base of its own ({{steps}} steps from random weights), SFT and what follows. Loss on held-out text is that of the world’s web; all other charts stay as they are.',
      add: 'Add arm on this text',
    },
    words: {
      about: 'The vocabulary of this world: {{n}} words and marks. Models know no other.',
      search: 'Search, or type a word to see what is nearest',
      near: '“{{word}}” is not in the vocabulary. Nearest: {{words}}.',
    },
    gold: {
      notice:
        'Gold is your own rule “{{name}}”, not the world’s. Gold reward, win rates, intervals, the over-optimisation chart, simulated labels and the reward model follow it. Figures of lessons and recorded seeds are by the world’s gold and cannot be compared.',
      missing: 'a rule that is not in this browser',
      back: 'Back to the world’s gold',
      change: 'Look at the rule',
    },
  },
} as const;
