import { Alert, Anchor, Badge, Button, Checkbox, Group, Stack, Table, Text, Title } from '@mantine/core';
import { useRef, useState } from 'react';
import { HALF, OURS } from '../../bench/contenders';
import { FULL, measure, type BenchOptions, type Part } from '../../bench/measure';
import type { Results, Series, StepRow } from '../../bench/results';
import type { ShapeName } from '../../bench/workload';
import type { BackendName } from '../../engine/types';
import { strings } from './strings';

const BACKENDS: BackendName[] = ['wasm', 'webgl', 'webgpu'];
const SIZES: ShapeName[] = ['overhead', 'nano', 'tiny', 'small', 'medium', 'tinygpt'];
const PARTS: Part[] = ['steps', 'rollouts', 'stages', 'longTasks', 'memory', 'growth'];
const { columns } = strings;

type State =
  | { status: 'idle' }
  | { status: 'running'; message: string; results: Results | null }
  | { status: 'done'; results: Results }
  | { status: 'failed'; message: string; results: Results | null };

/** Measures our engines on this device: the same code as `npm run bench`, without the other libraries. */
export default function BenchPage() {
  const [backends, setBackends] = useState<string[]>(['wasm']);
  const [sizes, setSizes] = useState<string[]>(['tiny']);
  const [parts, setParts] = useState<string[]>(['steps', 'rollouts']);
  const [state, setState] = useState<State>({ status: 'idle' });
  const stopper = useRef<AbortController | null>(null);
  const running = state.status === 'running';
  const results = state.status === 'idle' ? null : state.results;

  async function run() {
    const controller = new AbortController();
    stopper.current = controller;
    let latest: Results | null = null;
    const options: BenchOptions = {
      ...FULL,
      backends: BACKENDS.filter((b) => backends.includes(b)),
      shapes: SIZES.filter((s) => sizes.includes(s)),
      parts: PARTS.filter((p) => parts.includes(p)),
      rounds: 5,
    };
    setState({ status: 'running', message: '', results: null });
    try {
      latest = await measure(options, [...OURS, HALF], {
        signal: controller.signal,
        progress: (message) => setState({ status: 'running', message, results: latest }),
        update: (results) => {
          latest = structuredClone(results);
        },
      });
      setState({ status: 'done', results: latest });
    } catch (error) {
      if (controller.signal.aborted)
        setState(latest ? { status: 'done', results: latest } : { status: 'idle' });
      else {
        const message = error instanceof Error ? error.message : String(error);
        setState({ status: 'failed', message, results: latest });
      }
    }
  }

  return (
    <Stack p="lg" gap="md" maw={1200} mx="auto">
      <Group justify="space-between">
        <Title order={1} size="h3">
          {strings.title}
        </Title>
        <Anchor href="./" size="sm">
          {strings.back}
        </Anchor>
      </Group>
      <Text size="sm">{strings.lead}</Text>
      <Group align="flex-start" gap="xl">
        <Choice label={strings.backends} options={BACKENDS} value={backends} onChange={setBackends} />
        <Choice label={strings.sizes} options={SIZES} value={sizes} onChange={setSizes} />
        <Choice
          label={strings.parts}
          options={PARTS}
          names={strings.partNames}
          value={parts}
          onChange={setParts}
        />
      </Group>
      <Group>
        {running ? (
          <Button variant="default" onClick={() => stopper.current?.abort(new Error('stopped'))}>
            {strings.stop}
          </Button>
        ) : (
          <Button disabled={!backends.length || !sizes.length || !parts.length} onClick={() => void run()}>
            {strings.run}
          </Button>
        )}
        {results && !running && (
          <Button variant="default" onClick={() => save(results)}>
            {strings.save}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {state.status === 'running' ? state.message : state.status === 'idle' ? strings.idle : ''}
        </Text>
      </Group>
      {state.status === 'failed' && <Alert color="red">{strings.failed(state.message)}</Alert>}
      {results && <Tables results={results} />}
    </Stack>
  );
}

function Choice(props: {
  label: string;
  options: readonly string[];
  names?: Record<string, string>;
  value: string[];
  onChange: (value: string[]) => void;
}) {
  return (
    <Checkbox.Group label={props.label} value={props.value} onChange={props.onChange}>
      <Stack gap={6} mt={6}>
        {props.options.map((option) => (
          <Checkbox key={option} value={option} label={props.names?.[option] ?? option} size="xs" />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

function Tables({ results }: { results: Results }) {
  const software = Object.values(results.adapters).some((a) => a?.software);
  return (
    <Stack gap="md">
      <Group gap="xs">
        {BACKENDS.filter((b) => results.adapters[b] !== undefined).map((b) => {
          const adapter = results.adapters[b];
          return (
            <Badge key={b} variant="default" tt="none" fw={400}>
              {b}: {adapter ? adapter.adapter : strings.missing}
              {adapter?.software ? ` (${strings.software})` : ''}
            </Badge>
          );
        })}
      </Group>
      {software && <Alert color="yellow">{strings.softwareNote}</Alert>}
      {!results.isolated && (
        <Text size="xs" c="dimmed">
          {strings.coarse}
        </Text>
      )}
      <Data
        title={strings.steps}
        head={[
          columns.backend,
          columns.size,
          columns.library,
          columns.step,
          columns.ratio,
          columns.enqueue,
          columns.tokens,
          columns.asked,
          columns.kernels,
          columns.first,
          columns.memory,
          columns.drift,
        ]}
        rows={results.steps.map(stepCells)}
      />
      <Data
        title={strings.rollouts}
        head={[
          columns.backend,
          columns.size,
          columns.library,
          columns.cached,
          columns.readbacks,
          columns.reforward,
          columns.readbacks,
        ]}
        rows={results.rollouts.map((r) => [
          r.backend,
          r.shape,
          r.label,
          r.why ?? median(r.cached),
          figure(r.cachedReadbacks),
          median(r.reforward),
          figure(r.reforwardReadbacks),
        ])}
      />
      <Data
        title={strings.stages}
        head={[columns.backend, columns.size, columns.stage, columns.library, columns.update]}
        rows={results.stages.map((r) => [r.backend, r.shape, r.stage, r.label, r.why ?? median(r.update)])}
      />
      <Data
        title={strings.longTasks}
        head={[columns.backend, columns.longTasks, columns.longest, columns.frame]}
        rows={results.longTasks.map((r) => [
          r.backend,
          figure(r.longTasks),
          figure(r.longestMs),
          figure(r.worstFrameMs),
        ])}
      />
      <Data
        title={strings.memory}
        head={[columns.backend, columns.stage, columns.updates, columns.early, columns.late]}
        rows={results.memory.map((r) => [
          r.backend,
          r.stage,
          figure(r.updates),
          r.why ?? figure(r.early?.deviceBytes),
          figure(r.late?.deviceBytes),
        ])}
      />
      <Data
        title={strings.growth}
        head={[columns.backend, columns.axis, columns.value, columns.library, columns.step]}
        rows={results.growth.map((r) => [r.backend, r.axis, figure(r.value), r.contender, figure(r.ms)])}
      />
    </Stack>
  );
}

function stepCells(r: StepRow): string[] {
  const counts = r.counts;
  return [
    r.backend,
    r.shape,
    r.label,
    r.why ?? median(r.step),
    r.ratio ? `1/${figure(r.ratio.median)}` : '',
    median(r.enqueueMs),
    figure(r.tokensPerSecond),
    counts && r.backend !== 'wasm' ? figure(counts.draws + counts.dispatches) : '',
    figure(counts?.kernels),
    figure(r.firstStepMs),
    counts ? figure(counts.device.peakBytes / 2 ** 20) : '',
    r.check ? `${(100 * r.check.drift).toPrecision(2)} %` : '',
  ];
}

function Data(props: { title: string; head: readonly string[]; rows: readonly (readonly string[])[] }) {
  if (!props.rows.length) return null;
  return (
    <section aria-label={props.title}>
      <Title order={2} size="h5" mb={4}>
        {props.title}
      </Title>
      <Table.ScrollContainer minWidth={700}>
        <Table
          fz="xs"
          verticalSpacing={4}
          data={{ head: [...props.head], body: props.rows.map((r) => [...r]) }}
        />
      </Table.ScrollContainer>
    </section>
  );
}

const NUMBERS = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const figure = (x: number | null | undefined): string =>
  x == null ? '' : x >= 1000 ? Math.round(x).toLocaleString('en') : NUMBERS.format(x);
const median = (s: Series | undefined): string => figure(s?.median);

function save(results: Results): void {
  const url = URL.createObjectURL(
    new Blob([JSON.stringify({ date: new Date().toISOString(), ...results }, null, 1)], {
      type: 'application/json',
    }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = 'alignlet-bench.json';
  link.click();
  URL.revokeObjectURL(url);
}
