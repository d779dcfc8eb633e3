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
} as const;
