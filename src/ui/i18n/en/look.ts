/** Words of what is looked into: the cursor of the charts, the data, the microscope, the diagnosis. */
export const look = {
  cursor: {
    at: { update: 'update {{at}}', samples: '{{at}} samples', seconds: '{{at}} s' },
    hint: 'Point at a chart; a click keeps the place, a drag looks closer',
    slider: '{{title}}: go from measurement to measurement',
    nowhere: 'nothing pointed at',
    release: 'Let go',
  },
  arms: {
    group: 'Methods: single one out',
    single: 'Single out {{name}}',
    letGo: 'Show all methods',
    hideOthers: 'hide others',
  },
  ghosts: 'earlier runs',
  zoom: { out: 'All of it' },
  log: { kl: 'log', group: 'Scale of the KL axis', unit: 'KL, nats, log scale', inside: 'log axes' },
  data: {
    nothing: '{{name}} learns from no examples of its own.',
    missing:
      'The labelled pairs appear here as soon as they are there. A recording keeps none: leave it to read them.',
    about: {
      demonstrations:
        '{{name}} imitated {{total}} demonstrations; the first {{shown}}, in the order in which it saw them.',
      text: '{{name}} read a corpus of {{total}} words of made-up web text; the first {{shown}} documents.',
      pairs:
        '{{total}} pairs of SFT’s own answers, one choice each. This is all that {{name}} learns about what people want.',
    },
    column: {
      demonstrations: 'prompt and demonstration',
      text: 'document',
      gold: 'true reward',
      chosen: 'chosen',
      rejected: 'not chosen',
      gap: 'true difference',
      margin: 'reward model',
    },
    table: 'Labelled pairs',
    filters: 'Which pairs',
    filter: {
      all: 'all',
      wrong: 'wrongly labelled',
      hardest: 'hardest, under 0.1 apart',
      flipped: 'flipped by mistake',
      disagrees: 'reward model disagrees',
    },
    search: 'Search for words',
    pair: 'Pair {{number}}',
    close: 'Close the pair',
    gold: 'true reward',
    apart: 'True rewards {{gap}} apart.',
    chance: 'Chance of this label: {{chance}}.',
    chanceAbout: 'The chance of a label follows from the true difference.',
    verdict: {
      right: 'The label tells the truth.',
      wrong: 'The label goes against the truth.',
      tie: 'Neither answer is better.',
    },
    flippedShort: 'flipped',
    flipped: 'It was turned around by mistake.',
    labeler: 'Given by labeler {{number}}.',
    agrees: 'The reward model agrees ({{margin}}).',
    disagrees: 'The reward model disagrees ({{margin}}).',
    microscope: 'Under the microscope',
  },
} as const;
