import { tests, type Check, type Tests } from './check.mjs';

const row = (number: number, what: string, right: string, ...of: Tests[]): Check => ({
  id: `row ${number}`,
  part: 'rows',
  what,
  right,
  tests: of,
});

/** What was found by breaking commit af47fcf, and the tests that fail on the commit before each was mended. */
export const ROWS: readonly Check[] = [
  row(
    1,
    'WebGPU: the device is destroyed in the middle of SFT',
    'recovered, same final figures as undisturbed',
    tests(
      'browser/engine/resilient.test.ts',
      'a device of WebGPU that is lost in whichever update loses nothing',
      'a device of WebGPU that is lost repeats the updates that nobody has read back',
    ),
    tests('engine/resilient.test.ts', 'an engine that survives the loss of its device'),
  ),
  row(
    2,
    'WebGL: a context is lost in an idle worker',
    'opened again wherever a device is used',
    tests(
      'browser/engine/resilient.test.ts',
      'a device of WebGL that is lost while nobody used it is opened again by whatever comes next',
      'a device of WebGL that is lost in whichever update loses nothing',
    ),
  ),
  row(
    3,
    'A link with an arm called `constructor`; a panel of the page fails',
    'own keys only; the other panels stay, the page says so and offers a report',
    tests(
      'e2e/panels.test.ts',
      'the page from its sources keeps all but the',
      'the page from its sources says so when all of it fails',
      'the page as it is shipped refuses an arm called',
    ),
    tests('fuzz/readers.typed.test.ts', 'a link leads to a configuration that can run'),
  ),
  row(
    4,
    'A broken stored result; a result with an empty summary',
    'named, and made again; `--only` touches only its own',
    tests(
      'headless/reproduce.test.ts',
      'reproduce names a stored file that',
      'reproduce is not stopped by what is broken in demos that are not named',
      'reproduce runs what is missing of the demos that are named, and touches no other',
    ),
    tests('fuzz/readers.test.ts', 'a stored run is read, and judged, or refused', 'a stored run with'),
  ),
  row(
    5,
    'A folder is read-only, or the disk is full, after hours of computing',
    'tried before; drafts and a rename everywhere',
    tests('headless/output.test.ts', 'a disk that is full', 'the folder of a run', 'a file that is stored'),
    tests(
      'headless/reproduce.test.ts',
      'reproduce tries the folder before it computes',
      'reproduce says before it computes that a folder lies where a result has to be',
    ),
  ),
  row(
    6,
    '`reproduce` is killed; two run at once; several machines share one report',
    'children end with the parent; every run is computed once; shards are merged without conflict',
    tests('headless/reproduce.test.ts', 'reproduce ends its children and takes its folders away'),
    tests('headless/reproduce.together.test.ts', 'several reproduce'),
    tests('headless/shard.test.ts', 'shards'),
    tests('headless/claims.test.ts', 'a claim'),
  ),
  row(
    7,
    'Stored runs lack figures that others of their demo have',
    'named until they are made again',
    tests(
      'headless/reproduce.test.ts',
      'RESULTS.md is in step with what is stored',
      'RESULTS.md says at the top what lacks figures that are measured by now',
    ),
    tests('pipeline/records/current.test.ts', 'figures that are measured by now'),
  ),
  row(
    8,
    'Recordings, manifests and links that are changed, nested or huge',
    'one schema each, the intended error, limits that are said',
    tests(
      'fuzz/readers.test.ts',
      'a recording is read, and cut down to what holds, or refused',
      'a recording with',
      'a demo nested',
      'a manifest',
      'everything that is stored is taken',
    ),
    tests(
      'fuzz/readers.typed.test.ts',
      'a link with more arms, letters or changes',
      'a link never holds half',
    ),
  ),
  row(
    9,
    '`evaluation.tax=off`, the default, is written out',
    'equal configurations have equal keys and equal links',
    tests('pipeline/lab/graph.equal.test.ts', 'is the same configuration: the same keys, an empty link'),
    tests('fuzz/readers.typed.test.ts', 'a link leads to a configuration that can run'),
  ),
  row(
    10,
    'A host with a strict Content-Security-Policy; storage is denied',
    'no inline script, no `data:`; the policy is shipped, and the page works under it',
    tests('e2e/policy.test.ts', 'on a host that sends the policy', 'without a policy of the host'),
  ),
  row(
    11,
    'Without a connection after the first visit',
    'works with what was visited, and says what is not there',
    tests('e2e/offline.test.ts', 'after the first visit the page works without a connection'),
  ),
  row(
    12,
    'A new deployment under an open tab',
    'says that there is a new version and that the work is kept, and loads it',
    tests(
      'e2e/offline.test.ts',
      'after the first visit a new deployment under an open tab is told',
      'after the first visit without a service worker, a script that is gone leads to the same notice',
    ),
  ),
  row(
    13,
    'What is shipped has no licence file',
    'notices of all dependencies; none missing or unknown',
    tests('e2e/licences.test.ts', 'the notices beside the page', 'a package'),
  ),
];
