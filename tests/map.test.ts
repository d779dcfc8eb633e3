import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const TOP = new URL('../', import.meta.url);
const map = await extractOptions(fileURLToPath(new URL('.ci/map.mjs', TOP)));

const main = (...files: string[]) => files.map((file) => `import '${file}';`).join('\n');

/** For every rule a small tree that breaks it and no other. */
const BROKEN: [rule: string, files: Record<string, string>][] = [
  [
    'kernels knows nothing',
    {
      'src/headless/cli.ts': "import '../engine/create';",
      'src/engine/create.ts': "import '../kernels/webgl/context';",
      'src/kernels/webgl/context.ts':
        "import type { Lost } from '../../engine/errors'; export let lost: Lost;",
      'src/engine/errors.ts': 'export type Lost = string;',
    },
  ],
  [
    'headless knows random, messages, model, world, engine, pipeline, checkpoints, exchange',
    {
      'src/headless/cli.ts': "import { label } from '../ui/i18n/label'; void label;",
      'src/ui/i18n/label.ts': "export const label = '';",
    },
  ],
  [
    'pipeline knows random, messages, sandbox, model, world, engine',
    {
      'src/headless/cli.ts': "import '../pipeline/maths/mean';",
      'src/pipeline/maths/mean.ts': "import '../../../tests/support/numbers';",
      'tests/support/numbers.ts': 'export {};',
    },
  ],
  [
    'pipeline/measures looks down',
    {
      'src/headless/cli.ts': "import '../pipeline/measures/tax';",
      'src/pipeline/measures/tax.ts':
        "import type { Shots } from '../stages/few-shot'; export let shots: Shots;",
      'src/pipeline/stages/few-shot.ts': 'export type Shots = number;',
    },
  ],
  [
    'ui/charts looks down',
    {
      'src/ui/main.tsx': main('./charts/Chart'),
      'src/ui/charts/Chart.tsx': "import classes from '../results/results.module.css'; export { classes };",
      'src/ui/results/results.module.css': '.chart { color: red; }',
    },
  ],
  [
    'ui/header looks down',
    {
      'src/ui/main.tsx': main('./header/Header'),
      'src/ui/header/Header.tsx': "import '../settings/Panel';",
      'src/ui/settings/Panel.tsx': 'export {};',
    },
  ],
  [
    'engine/fused stands alone',
    {
      'src/headless/cli.ts': "import '../engine/create';",
      'src/engine/create.ts': "import './fused/engine';",
      'src/engine/fused/engine.ts': "import '../plain/gradients';",
      'src/engine/plain/gradients.ts': 'export {};',
    },
  ],
  [
    'no circles',
    {
      'src/headless/cli.ts': "import '../model/shape';",
      'src/model/shape.ts':
        "import type { Layer } from './layer'; export interface Shape { layers: Layer[] }",
      'src/model/layer.ts': "import type { Shape } from './shape'; export interface Layer { of: Shape }",
    },
  ],
  [
    'every file has a room',
    {
      'tests/bench/run.ts': "import '../../src/helpers/strings';",
      'src/helpers/strings.ts': 'export {};',
    },
  ],
  [
    'every file has a room',
    {
      'src/headless/cli.ts': "import '../pipeline/lab/helpers/strings'; import '../pipeline/strings';",
      'src/pipeline/strings.ts': 'export {};',
      'src/pipeline/lab/helpers/strings.ts': 'export {};',
    },
  ],
  [
    'the bench has a page of its own',
    {
      'src/ui/main.tsx': main('./app/App'),
      'src/ui/app/App.tsx': "import '../../bench/run';",
      'src/bench/run.ts': 'export {};',
    },
  ],
  [
    'an engine is made where programs begin',
    {
      'src/headless/cli.ts': "import '../pipeline/lab/lab';",
      'src/pipeline/lab/lab.ts': "import '../../engine/create';",
      'src/engine/create.ts': 'export {};',
    },
  ],
  [
    'an engine is used as a whole',
    {
      'src/headless/cli.ts': "import '../engine/plain/backend';",
      'src/engine/plain/backend.ts': 'export {};',
    },
  ],
  [
    'src serves its programs',
    {
      'src/headless/cli.ts': 'export {};',
      'src/model/only-tested.ts': 'export {};',
      'tests/model/only-tested.test.ts': "import '../../src/model/only-tested';",
    },
  ],
];

describe('the map is enforced:', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'map-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function brokenRules(files: Record<string, string>): Promise<string[]> {
    for (const [path, text] of Object.entries({ 'tests/support/empty.ts': 'export {};', ...files })) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const { output } = await cruise(['src', 'tests'], { ...map, baseDir: folder });
    const { violations } = (output as ICruiseResult).summary;
    return [...new Set(violations.map((v) => v.rule.name))].sort();
  }

  it.each(BROKEN)('%s', async (rule, files) => {
    expect(await brokenRules(files)).toEqual([rule]);
  });

  it('and what looks down passes', async () => {
    expect(
      await brokenRules({
        'src/ui/main.tsx': main('./charts/Chart', './i18n/label'),
        'src/ui/charts/Chart.tsx': "import '../theme/palette'; import '../../pipeline/stages/dpo';",
        'src/ui/theme/palette.ts': 'export {};',
        'src/ui/i18n/label.ts': 'export {};',
        'src/pipeline/stages/dpo.ts': "import '../losses/dpo'; import '../../engine/types';",
        'src/pipeline/losses/dpo.ts': 'export {};',
        'src/engine/types.ts': 'export {};',
      }),
    ).toEqual([]);
  });
});

describe('ARCHITECTURE.md draws the same map:', async () => {
  const page = (await readFile(new URL('ARCHITECTURE.md', TOP), 'utf8')).replaceAll(/\s+/g, ' ');
  const rules = (map.ruleSet?.forbidden ?? []).map((rule) => rule.name ?? '');

  it('rooms and what they know', () => {
    const table = [...page.matchAll(/\| `src\/([\w-]+)` \|[^|]*\| ([\w, -]+?) \|/g)];
    const enforced = rules.filter((name) => / knows /.test(name));
    expect(table.map(([, room, knows]) => `${room} knows ${knows}`).sort()).toEqual(enforced.sort());
    expect(enforced.length).toBeGreaterThan(0);
  });

  it.each(['pipeline', 'ui'])('floors of %s, from the bottom', (house) => {
    const rooms = rules.flatMap((name) => new RegExp(`^${house}/(.*) looks down$`).exec(name)?.[1] ?? []);
    expect(rooms.length).toBeGreaterThan(0);
    const floors = [...page.matchAll(/[\w-]+(?:, [\w-]+)*(?: → [\w-]+(?:, [\w-]+)*)+/g)].map(
      ([text]) => text,
    );
    expect(floors.map((text) => text.split(/ → |, /))).toContainEqual(rooms);
  });
});

/** Tests of what is no single file: this map, dependencies, and the published figures of `tests/reference`. */
const OF_THE_WHOLE = [
  'map',
  'dependencies',
  'reference',
  'fuzz/readers',
  'fuzz/readers.typed',
  'fuzz/readers.exchange',
];

it('a test lies where its source lies', async () => {
  const files = async (folder: string) =>
    (await readdir(new URL(folder, TOP), { recursive: true })).map((file) => file.replaceAll('\\', '/'));
  const tests = (await files('tests'))
    .filter((file) => /\.test\.tsx?$/.test(file) && !/^bench\/|node_modules/.test(file))
    .map((file) => file.replace(/\.test\.tsx?$/, ''));
  const sources = new Set([
    ...(await files('src')).map((file) => file.replace(/\.\w+$/, '')),
    ...(await files('tests'))
      .filter((file) => !/\.test\./.test(file))
      .map((file) => file.replace(/\.\w+$/, '')),
  ]);
  // one file may have several tests, by topic: `graph.test.ts` and `graph.keys.test.ts`
  const of = (test: string) => test.replace(/^browser\//, '').replace(/(?<=\/[^/.]+)\.[\w-]+$/, '');
  const built = (test: string) => test.startsWith('e2e/');
  const strays = tests.filter(
    (test) => !OF_THE_WHOLE.includes(test) && !built(test) && !sources.has(of(test)),
  );
  expect(strays).toEqual([]);
  expect(tests.length).toBeGreaterThan(100);
});
