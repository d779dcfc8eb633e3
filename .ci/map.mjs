/**
 * The map of ARCHITECTURE.md as rules for dependency-cruiser (`npm run lint`): which room may import from which,
 * and no circle between any two files. Type-only imports count. tests/map.test.ts shows that the rules bite, and
 * that the table in ARCHITECTURE.md says the same.
 */

/** Rooms of `src`, and what each may know besides itself. */
export const ROOMS = {
  random: [],
  messages: [],
  kernels: [],
  sandbox: ['messages'],
  model: ['random', 'messages'],
  world: ['random', 'messages', 'model'],
  engine: ['random', 'messages', 'kernels', 'model'],
  pipeline: ['random', 'messages', 'sandbox', 'model', 'world', 'engine'],
  checkpoints: ['messages', 'model', 'pipeline'],
  storage: ['messages', 'pipeline'],
  worker: ['messages', 'sandbox', 'engine', 'pipeline'],
  bench: ['random', 'messages', 'model', 'world', 'engine', 'pipeline'],
  exchange: ['random', 'messages', 'model', 'world', 'pipeline', 'checkpoints'],
  headless: ['random', 'messages', 'model', 'world', 'engine', 'pipeline', 'checkpoints', 'exchange'],
  build: [],
  ui: [
    'random',
    'messages',
    'model',
    'world',
    'engine',
    'pipeline',
    'checkpoints',
    'exchange',
    'sandbox',
    'storage',
    'worker',
    'bench',
  ],
};

/**
 * Rooms inside rooms, from the bottom up: each knows only those before it. Rooms that share a line do not know
 * each other.
 */
export const FLOORS = {
  pipeline: [
    ['contract'],
    ['maths'],
    ['losses'],
    ['data'],
    ['measures'],
    ['training'],
    ['stages'],
    ['lab'],
    ['records'],
  ],
  ui: [
    ['offline', 'theme', 'i18n'],
    ['shell'],
    ['lessons'],
    ['recorded'],
    ['store'],
    ['panel'],
    ['figures'],
    ['formula'],
    ['charts'],
    ['results'],
    ['samples'],
    ['look'],
    ['replay'],
    ['gallery'],
    ['transfer'],
    ['labeler'],
    ['settings', 'header', 'kept', 'own', 'pipeline-rail'],
    ['runs'],
    ['sweep'],
    ['app', 'bench'],
  ],
};

/** Twins of one another, side by side: what two of them share lies in the room above them. */
const APART = {
  engine: ['plain', 'fused'],
  kernels: ['wasm', 'webgpu', 'webgl'],
};

/** Where programs begin: everything in `src` serves one of them. */
const ENTRIES = [
  'src/ui/main\\.tsx',
  'src/ui/offline/(isolation|service-worker)\\.ts',
  'src/ui/lessons/texts/\\w+\\.ts', // found by their folder
  'src/worker/(lab|rule)-worker\\.ts',
  'src/bench/bench-worker\\.ts',
  'src/kernels/wasm/(build|thread)\\.mjs',
  'src/headless/(cli|pretrain|reproduce|reproduce-child)\\.ts',
  'vite\\.config\\.ts',
  'tests/(bench|trial)/',
].map((entry) => `^${entry}`);

const any = (names) => `(${names.join('|')})`;
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const rooms = Object.entries(ROOMS).map(([room, knows]) =>
  rule(
    `${room} knows ${knows.join(', ') || 'nothing'}`,
    'The table in ARCHITECTURE.md says what a room may import from.',
    { path: `^src/${room}/` },
    { path: '^(src|tests)/', pathNot: `^src/${any([room, ...knows])}/` },
  ),
);

const floors = Object.entries(FLOORS).flatMap(([house, levels]) =>
  levels.flatMap((level, i) =>
    level.map((room) => {
      const above = [...level.filter((other) => other !== room), ...levels.slice(i + 1).flat()];
      return rule(
        `${house}/${room} looks down`,
        `It must not import from ${above.join(', ') || 'anything above'}.`,
        { path: `^src/${house}/${room}/` },
        { path: [`^src/${house}/[^/]+$`, ...(above.length > 0 ? [`^src/${house}/${any(above)}/`] : [])] },
      );
    }),
  ),
);

const apart = Object.entries(APART).flatMap(([house, twins]) =>
  twins.map((twin) =>
    rule(
      `${house}/${twin} stands alone`,
      'Twins check each other; what they share lies beside their folders.',
      { path: `^src/${house}/${twin}/` },
      { path: `^src/${house}/${any(twins.filter((other) => other !== twin))}/` },
    ),
  ),
);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    rule('no circles', 'Neither through values nor through types.', {}, { circular: true }),
    ...rooms,
    ...floors,
    ...apart,
    rule(
      'every file has a room',
      'A new room gets a line in this file and in ARCHITECTURE.md.',
      {},
      {
        path: '^src/',
        pathNot: [
          `^src/${any(Object.keys(ROOMS).filter((room) => !(room in FLOORS)))}/`,
          ...Object.entries(FLOORS).map(([house, levels]) => `^src/${house}/${any(levels.flat())}/`),
          '^src/ui/main\\.tsx$',
        ],
      },
    ),
    rule(
      'the bench has a page of its own',
      'The lab must not load measuring code.',
      { path: '^src/ui/', pathNot: '^src/ui/bench/' },
      { path: '^src/bench/' },
    ),
    rule(
      'an engine is made where programs begin',
      'Everything else is given one and knows its types only.',
      { path: '^src/', pathNot: '^src/(engine|worker|headless|bench)/' },
      { path: '^src/engine/', pathNot: '^src/engine/(types|errors)\\.ts$' },
    ),
    rule(
      'an engine is used as a whole',
      'Its parts are known to `create.ts` and to tests.',
      { path: '^src/', pathNot: '^src/engine/' },
      { path: '^src/engine/(plain|fused)/' },
    ),
    rule(
      'src serves its programs',
      'No program reaches this file; what only tests use lies in `tests`.',
      { path: ENTRIES },
      { path: '^src/', pathNot: ENTRIES, reachable: false },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // so that type-only imports count
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^src/kernels/wasm/assembly/', '^tests/bench/(peers|node_modules)/'] },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mts', '.mjs', '.css', '.json'] },
  },
};
