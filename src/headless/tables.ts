import Table from 'cli-table3';
import { splitOwner } from '../pipeline/contract/figures';
import { mean, standardDeviation } from '../pipeline/maths/statistics';
import { checkClaim, type Claim } from '../pipeline/records/claims';
import type { RunSummary } from '../pipeline/records/recording';
import { plainFigure, plainSpread } from './plain';
import { comparable, referencesIn } from './reference';

const style = { head: [], border: [] };

/** The table people read at the end of a run; one for each model that arms are compared with. */
export function summaryTable({ arms, failures, config }: RunSummary): string {
  const measured = Object.keys(arms).filter((id) => arms[id]!['gold'] !== undefined);
  const tables = comparable(measured, referencesIn(config)).map(({ against, ids }) => {
    const relative = against === undefined ? [] : ['KL (nats)', `win rate vs ${against}`, '95 % interval'];
    const table = new Table({
      head: ['arm', 'gold', 'proxy', ...relative, 'EOS', 'length', 'seconds'],
      style,
    });
    for (const id of ids) {
      const a = arms[id]!;
      const figures = (names: readonly string[]) => names.map((name) => plainFigure(name, a[name]));
      const interval = figures(['winRateLow', 'winRateHigh']).join(' – ');
      table.push([
        id,
        ...figures(['gold', 'proxy']),
        ...(against === undefined ? [] : [...figures(['kl', 'winRate']), interval]),
        ...figures(['eosRate', 'length']),
        a['seconds']!.toFixed(1),
      ]);
    }
    return table.toString();
  });
  const failed = Object.entries(failures).map(([id, message]) => `${id} failed: ${message}`);
  const others = Object.entries(arms).filter(([, a]) => a['gold'] === undefined);
  return [...tables, ...(others.length > 0 ? [accuracyTable(others)] : []), ...failed].join('\n');
}

/** Headline figures of arms without an alignment task. */
const ACCURACIES = ['accuracy', 'accuracy/trainClusters', 'accuracy/heldOutClusters', 'median', 'iqr'];

/** Arms without an alignment task: accuracy on questions, all of them and by what training has seen. */
function accuracyTable(arms: readonly (readonly [string, Record<string, number>])[]): string {
  const table = new Table({ head: ['arm', ...ACCURACIES, 'seconds'], style });
  for (const [id, a] of arms)
    table.push([id, ...ACCURACIES.map((name) => plainFigure(name, a[name])), a['seconds']!.toFixed(1)]);
  return table.toString();
}

/** One line per claim of the demo: whether it holds in this run, and the two figures. */
export const claimLines = (claims: readonly Claim[], { trunk, arms }: RunSummary): string[] =>
  claims.map((claim) => {
    const { left, right, holds } = checkClaim(claim, { ...trunk, ...arms });
    const verdict = holds === undefined ? 'not measured' : holds ? 'holds' : 'does not hold';
    const figure = (of: string | number, value: number | undefined) =>
      typeof of === 'number'
        ? String(of)
        : `${of} ${value === undefined ? '?' : plainFigure(splitOwner(of).figure, value)}`;
    return `${verdict}: ${claim.text} (${figure(claim.left, left)} ${claim.op} ${figure(claim.right, right)})`;
  });

/** Mean ± standard deviation over seeds, arm by arm, and the lowest interval of any single run. */
export function seedsTable(summaries: readonly RunSummary[]): string {
  const runsOf = (id: string) => summaries.map((s) => s.arms[id]).filter((run) => run !== undefined);
  const spread = (id: string, name: string) => {
    const values = runsOf(id).map((r) => r[name] ?? NaN);
    return plainSpread(name, mean(values), standardDeviation(values));
  };
  const all = [...new Set(summaries.flatMap((s) => Object.keys(s.arms)))];
  const measured = all.filter((id) => runsOf(id)[0]!['gold'] !== undefined);
  const accuracies = new Table({ head: ['arm', ...ACCURACIES, 'runs'], style });
  for (const id of all.filter((of) => !measured.includes(of))) {
    const runs = runsOf(id);
    const cells = ACCURACIES.map((name) => (runs[0]![name] === undefined ? '' : spread(id, name)));
    accuracies.push([id, ...cells, String(runs.length)]);
  }
  const references = summaries[0] ? referencesIn(summaries[0].config) : {};
  const tables = comparable(measured, references).map(({ against, ids }) => {
    const relative =
      against === undefined ? [] : ['KL (nats)', `win rate vs ${against}`, 'lowest 95 % bound'];
    const table = new Table({ head: ['arm', 'gold', 'proxy', ...relative, 'length', 'runs'], style });
    for (const id of ids) {
      const lowest = Math.min(...runsOf(id).map((r) => r['winRateLow'] ?? NaN));
      const figures = [spread(id, 'kl'), spread(id, 'winRate'), plainFigure('winRateLow', lowest)];
      table.push([
        id,
        spread(id, 'gold'),
        spread(id, 'proxy'),
        ...(against === undefined ? [] : figures),
        spread(id, 'length'),
        String(runsOf(id).length),
      ]);
    }
    return table;
  });
  return [...tables, accuracies]
    .filter((t) => t.length > 0)
    .map(String)
    .join('\n');
}
