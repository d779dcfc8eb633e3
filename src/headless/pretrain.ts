import { SingleBar } from 'cli-progress';
import { nodeShippedResults, ship, writeBeside } from '../checkpoints/node';
import { createEngine } from '../engine/create';
import type { Engine } from '../engine/types';
import { MessageError } from '../messages';
import { MODEL_SIZES, type ModelSize } from '../model/config';
import { parameterCount } from '../model/parameters';
import { buildGraph } from '../pipeline/lab/graph';
import { Lab } from '../pipeline/lab/lab';
import { defaultLabConfig, type LabConfig } from '../pipeline/lab/config';
import type { NodeView } from '../pipeline/lab/lab';
import { TASK_NAMES, VOCABULARY } from '../world';
import { baseSkills } from './base-skills';
import { localExecutor } from './local-executor';

/**
 * Makes the shipped checkpoints. `pretrain base <size>` trains a base model from random weights and writes
 * its checkpoint, loss curve and model card; `pretrain trunk [size]` makes SFT, preferences and reward model
 * of every task from the shipped base. Same seed, same machine: same bytes.
 */
async function main([what, size = 'tiny']: string[]): Promise<void> {
  if (!Object.hasOwn(MODEL_SIZES, size) || (what !== 'base' && what !== 'trunk')) {
    console.error(`usage: npm run pretrain -- base|trunk [${Object.keys(MODEL_SIZES).join('|')}]`);
    process.exitCode = 1;
    return;
  }
  const { engine } = await createEngine('wasm');
  await (what === 'base' ? makeBase(engine, size as ModelSize) : makeTrunks(engine, size as ModelSize));
  engine.dispose();
}

async function makeBase(engine: Engine, size: ModelSize): Promise<void> {
  // The key of the shipped base is the one that a run starting from shipped results asks for.
  const config: LabConfig = { ...defaultLabConfig(), size };
  const lab = new Lab(config, localExecutor(engine), { get: () => Promise.resolve(undefined) });
  const view = await runWithBar(lab, 'pretrain');
  const { result, events, seconds } = view.run!;
  const file = `base-${size}`;
  await ship(`${file}.safetensors`, view.node.key, result!.artifact, result!.summary);
  const curve = events.flatMap((e) =>
    e.type === 'metrics' ? [{ update: e.update, tokens: e.tokens, ...e.metrics }] : [],
  );
  await writeBeside(
    `${file}.json`,
    JSON.stringify({ size, seed: view.node.seed, settings: view.node.settings, curve }) + '\n',
  );
  const shipped = await nodeShippedResults.get(view.node.key);
  const skills = await baseSkills(engine, shipped!.artifact as never);
  const count = parameterCount({ ...MODEL_SIZES[size], vocabSize: VOCABULARY.length });
  const lines = [
    `# Base model, ${size}`,
    '',
    `GPT-2 shaped, ${count.toLocaleString('en')} parameters, ${JSON.stringify(MODEL_SIZES[size])}, vocabulary ${VOCABULARY.length}.`,
    `Pretrained on the synthetic web text of \`src/world\`, nothing else. It continues text; it was never taught to answer,`,
    'and it repeats what the text contains: 6 % false facts, rude lines and spam, answers to harmful questions.',
    'For teaching inside this lab only.',
    '',
    `- Made by \`npm run pretrain -- base ${size}\`, seed ${view.node.seed}, ${Math.round(seconds / 60)} minutes on one CPU core (WASM).`,
    `- Settings: \`${JSON.stringify(view.node.settings)}\``,
    `- Held-out loss ${result!.summary['loss']!.toFixed(3)} nats per token (curve in \`${file}.json\`). Weights stored as half precision.`,
    '',
    '| skill (greedy, after storing) | accuracy |',
    '|---|---|',
    ...Object.entries(skills).map(([name, accuracy]) => `| ${name} | ${accuracy.toFixed(2)} |`),
    '',
  ];
  await writeBeside(`${file}.md`, lines.join('\n'));
  console.log(lines.join('\n'));
}

async function makeTrunks(engine: Engine, size: ModelSize): Promise<void> {
  for (const task of TASK_NAMES) {
    const config: LabConfig = { ...defaultLabConfig(task), size };
    const base = buildGraph(config)[0]!.key;
    // each stage starts from its parent as stored, half precision included
    const lab = new Lab(config, localExecutor(engine), {
      get: (key) =>
        key === base || made.has(key) ? nodeShippedResults.get(key) : Promise.resolve(undefined),
    });
    const made = new Set<string>();
    for (const stage of ['sft', 'preferences', 'reward']) {
      const { node, run } = await runWithBar(lab, stage);
      await ship(
        `${stage}-${task}-${size}.safetensors`,
        node.key,
        run!.result!.artifact,
        run!.result!.summary,
      );
      made.add(node.key);
      lab.reset();
      console.log(task, stage, run!.seconds.toFixed(1), 's', JSON.stringify(run!.result!.summary));
    }
  }
}

async function runWithBar(lab: Lab, id: string): Promise<NodeView> {
  const bar = new SingleBar({ format: '{bar} {value}/{total} {eta_formatted} {loss}', noTTYOutput: false });
  let begun = false;
  lab.subscribe(() => {
    const last = lab
      .nodes()
      .find((n) => n.node.id === id)
      ?.run?.events.at(-1);
    if (last?.type !== 'metrics') return;
    if (!begun) bar.start(last.updates, 0);
    begun = true;
    bar.update(last.update, { loss: last.metrics['loss']?.toFixed(3) ?? '' });
  });
  await lab.run([id]);
  bar.stop();
  const view = lab.nodes().find((n) => n.node.id === id)!;
  if (view.run?.failure) throw new MessageError(view.run.failure.message);
  return view;
}

await main(process.argv.slice(2));
