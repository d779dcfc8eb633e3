import { roundUp4, type DeviceBuffer, type LayerCache } from '../../kernels/kernels';
import { message, MessageError } from '../../messages';
import { EOS } from '../../model/tokens';
import { noiseRow, samplingTemperature } from '../shared/sampling';
import type { GenerateOptions, Rollout } from '../types';
import { decode, headLogits, penalties, type DecodePlan, type DecodeState } from './decode';
import { inOrder, PrefixTree } from './fold';
import { forward } from './forward';
import { rowsOf, SampledOutputs } from './sampled-outputs';
import type { ReadyModel } from './tensors';

/** Rows with the same tokens so far: one state, one place in the cache, one decoding step for all of them. */
interface Node {
  /** Rows of the batch. */
  rows: number[];
  /** Place in the cache. */
  slot: number;
  /** Tokens so far, prompt included. */
  length: number;
  /** New tokens that its rows may have. */
  limit: number;
}

/** A node and one token that rows of it have drawn. */
interface Child {
  token: number;
  rows: number[];
  /** Index of the node among the active ones. */
  parent: number;
}

/** Bytes of the caches of rows that are decoded together, about: more would only leave the processor's own caches. */
const CACHE_BYTES = 8 << 20;

/**
 * Reads every token as it is drawn, and goes on with the unfinished rows only: best in host memory. Rows are a tree:
 * those with the same prompt and the same tokens so far are computed once until they part. Each draws by the noise of
 * its own coordinates, and a node's logits do not depend on what is beside it, so a row's tokens are those that it
 * would draw alone.
 */
export async function generateOnHost(
  model: ReadyModel,
  plan: DecodePlan,
  options: GenerateOptions,
): Promise<Rollout> {
  const { prompts } = plan;
  const { nEmbd, nLayer } = model.config;
  const together = Math.max(16, Math.floor(CACHE_BYTES / (plan.capacity * nEmbd * nLayer * 8)));
  const completions: number[][] = prompts.map(() => []);
  const known = options.want ? new SampledOutputs(prompts.length, options.want) : null;
  const order = inOrder(prompts);
  for (let first = 0; first < order.length; first += together)
    await model.kernels.frame(() =>
      sampleTree(model, plan, order.slice(first, first + together), options, completions, known),
    );
  return {
    completions,
    finished: completions.map((ids) => ids.at(-1) === EOS),
    readbacks: 0,
    ...(known ? { outputs: known.matrices() } : {}),
  };
}

/** Samples the given rows; pushes their tokens to `completions` and what is wanted of them to `known`. */
async function sampleTree(
  model: ReadyModel,
  { prompts, limits, steps, capacity }: DecodePlan,
  rows: readonly number[],
  options: GenerateOptions,
  completions: number[][],
  known: SampledOutputs | null,
): Promise<void> {
  const { kernels, config, tensors } = model;
  const width = config.nEmbd;
  let active = rootsOf(rows, prompts, limits);
  const distinct = active.map(({ rows: [row] }) => prompts[row!]!);
  if (distinct.length === 0) return;
  const caches = tensors.layers.map(() => kernels.layerCache({ slots: rows.length, capacity, width }));
  const penalty = kernels.upload(penalties(config.vocabSize, options.banned ?? []));
  const hidden = kernels.temporary(rows.length * width);
  const state = { caches, hidden };
  prefill(model, distinct, state);
  let slots = distinct.length;

  for (let step = 0; step < steps && active.length > 0; step++)
    await kernels.frame(async () => {
      const logits = headLogits(model, hidden, active.length);
      const children = await draw(model, { logits, penalty, active, step }, options);
      if (known) await known.add(model, { hidden, logits, nodes: active.length, drawn: children });
      for (const { rows: drawn, token } of children) for (const row of drawn) completions[row]!.push(token);
      const next: Node[] = [];
      const fed: number[] = [];
      const forks: { from: number; to: number }[] = [];
      const taken = new Set<number>();
      for (const { rows: drawn, token, parent } of children) {
        const { slot, length, limit } = active[parent]!;
        if (token === EOS || step + 1 >= limit) continue;
        const goesOn = !taken.has(slot); // the first child goes on in the place of its parent
        if (goesOn) taken.add(slot);
        else forks.push({ from: slot, to: slots });
        next.push({ rows: drawn, slot: goesOn ? slot : slots++, length: length + 1, limit });
        fed.push(token);
      }
      active = next;
      if (active.length === 0) return;
      fork(model, caches, forks);
      const ints = (of: (node: Node) => number) => kernels.upload(Int32Array.from(active, of));
      const at = { slots: ints(({ slot }) => slot), positions: ints(({ length }) => length - 1) };
      decode(model, { ids: kernels.upload(Int32Array.from(fed)), ...at, tokens: active.length }, state);
    });
}

/** One node for each distinct prompt that leaves room for an answer. */
function rootsOf(
  rows: readonly number[],
  prompts: readonly (readonly number[])[],
  limits: readonly number[],
): Node[] {
  const roots = new Map<string, Node>();
  for (const row of rows) {
    const [prompt, limit] = [prompts[row]!, limits[row]!];
    if (limit <= 0) continue; // the prompt already fills the context
    const name = prompt.join();
    const known = roots.get(name);
    if (known) known.rows.push(row);
    else roots.set(name, { rows: [row], slot: roots.size, length: prompt.length, limit });
  }
  return [...roots.values()];
}

/** Runs distinct prompts, each prefix once, and leaves the state after them; prompt i has place i in the caches. */
function prefill(
  model: ReadyModel,
  prompts: readonly (readonly number[])[],
  { caches, hidden }: DecodeState,
): void {
  const { kernels, config } = model;
  const width = config.nEmbd;
  kernels.frame(() => {
    const tree = new PrefixTree(config, { scores: true });
    const paths = prompts.map((ids, row) => tree.add({ ids, start: ids.length }, row));
    const nodes = paths.flat();
    const ints = (values: number[]) => kernels.upload(Int32Array.from(values));
    const slots = ints(paths.flatMap((path, row) => path.map(() => row)));
    const positions = ints(paths.flatMap((path) => path.map((_, t) => t)));
    const onQkv = (layer: number, qkv: DeviceBuffer) =>
      kernels.frame(() => {
        const x = rowsOf(kernels, qkv, nodes, 3 * width);
        kernels.cacheWrite({ qkv: x, slots, positions, cache: caches[layer]!, tokens: nodes.length, width });
      });
    const batch = tree.upload(kernels);
    const { x } = forward(model, batch, { keep: false, onQkv });
    kernels.gatherRows({ x, index: batch.heads, out: hidden, rows: prompts.length, width });
  });
}

/** One draw for each row of the active nodes, by what was drawn. */
async function draw(
  { kernels, config }: ReadyModel,
  {
    logits,
    penalty,
    active,
    step,
  }: { logits: DeviceBuffer; penalty: DeviceBuffer; active: Node[]; step: number },
  options: GenerateOptions,
): Promise<Child[]> {
  const vocabulary = config.vocabSize;
  const temperature = samplingTemperature(options.temperature);
  // without noise all rows of a node draw the same
  const drawing = active.map(({ rows }) => (temperature > 0 ? rows : rows.slice(0, 1)));
  const rows = drawing.flat();
  const n = rows.length;
  const out = kernels.temporary(n);
  kernels.gumbelSample({
    logits: rowsOf(kernels, logits, drawing.flatMap((rows, node) => rows.map(() => node)), roundUp4(vocabulary)), // prettier-ignore
    penalty,
    noiseRows: kernels.upload(Int32Array.from(rows, (row) => noiseRow(options, row))),
    noiseSteps: kernels.upload(new Int32Array(n).fill(step)),
    out,
    rows: n,
    vocabulary,
    temperature,
    key: options.noiseKey,
  });
  const tokens = await kernels.readInts(out);
  const children: Child[] = [];
  let i = 0;
  active.forEach((node, parent) => {
    const byToken = new Map<number, Child>();
    for (const row of drawing[parent]!) {
      const token = tokens[i++]!;
      if (token < 0) throw new MessageError(message('sampling.notFinite', {}));
      const child = byToken.get(token);
      if (child) child.rows.push(row);
      else byToken.set(token, { token, rows: temperature > 0 ? [row] : node.rows, parent });
    }
    children.push(...byToken.values());
  });
  return children;
}

/** Copies whole places of the caches: in host memory they lie end to end. */
function fork(
  { kernels, config }: ReadyModel,
  caches: readonly LayerCache[],
  forks: readonly { from: number; to: number }[],
): void {
  if (forks.length === 0) return;
  const index = kernels.upload(Int32Array.from(forks, ({ from }) => from));
  for (const { keys, values, capacity } of caches)
    for (const x of [keys, values]) {
      const width = capacity * config.nEmbd;
      const out = kernels.slice(x, forks[0]!.to * width, forks.length * width); // new places follow one another
      kernels.gatherRows({ x, index, out, rows: forks.length, width });
    }
}
