import type { Engine, EvaluationPass, HostOutputs, LanguageModel, Sequence } from '../../engine/types';
import type { GptConfig } from '../../model/config';
import { openRule, type Rule } from '../../sandbox/rule';
import type { LanguageModelArtifact, RewardModelArtifact } from './artifacts';
import { ruleAnswer } from './rule-answer';

const refuse = (): never => {
  throw new TypeError('a rule only scores');
};

/** A person's rule in the place of a reward model: it gives scores and nothing else. */
class RuleModel implements LanguageModel {
  private rule: Promise<Rule> | undefined;

  constructor(
    readonly config: GptConfig,
    private readonly source: string,
  ) {}

  async evaluate(batch: readonly Sequence[]): Promise<HostOutputs> {
    this.rule ??= openRule(this.source);
    const rule = await this.rule;
    const scores = Float32Array.from(rule.scoreAll(batch.map(ruleAnswer)));
    const cols = Math.max(0, ...batch.map(({ ids, start }) => ids.length - start));
    const data = new Float32Array(batch.length * cols);
    batch.forEach(({ ids, start }, row) => data.fill(1, row * cols, row * cols + ids.length - start));
    return { scores, mask: { rows: batch.length, cols, data } };
  }

  nextLogits = refuse;
  gradients = refuse;
  update = refuse;
  updates = refuse;
  generate = refuse;
  weights = refuse;
  setWeights = refuse;
  optimizerState = refuse;

  dispose(): void {
    void this.rule?.then((rule) => rule.dispose()).catch(() => undefined); // whoever scored was told
    this.rule = undefined;
  }
}

/** Loads an artifact's weights onto an engine; a reward that is a rule runs beside it. The caller disposes the model. */
export const openModel = (
  engine: Engine,
  artifact: LanguageModelArtifact | RewardModelArtifact,
): LanguageModel =>
  artifact.kind === 'reward' && artifact.rule !== undefined
    ? new RuleModel(artifact.config, artifact.rule)
    : engine.createModel(artifact.config, artifact.weights);

/** `Engine.evaluateTogether` where some of the models may be rules. */
export async function evaluateTogether(
  engine: Engine,
  passes: readonly EvaluationPass[],
): Promise<HostOutputs[]> {
  const isRule = ({ model }: EvaluationPass) => model instanceof RuleModel;
  const computed = await engine.evaluateTogether(passes.filter((pass) => !isRule(pass)));
  const outputs: HostOutputs[] = [];
  for (const pass of passes)
    outputs.push(isRule(pass) ? await pass.model.evaluate(pass.batch, pass.want) : computed.shift()!);
  return outputs;
}
