import { useEffect, useMemo, useState } from 'react';
import type { TokenRecord } from '../../pipeline/contract/rollout';
import type { LanguageModelArtifact } from '../../pipeline/contract/stage';
import { sequence } from '../../pipeline/data/tokens';
import type { Inspection } from '../../pipeline/measures/inspect';
import { encode } from '../../world';
import { keptWeights } from '../store/kept-weights';
import { referencesIn } from '../store/references';
import type { StageModel } from '../store/snapshot';
import { nearest, useCursor } from '../store/useCursor';
import { actions, useLab } from '../store/useLab';
import type { Subject } from '../store/useMicroscope';
import { stripOfRecord, withAdvantages, type Strip } from './terms';

/** What lies under the microscope: answers, and the models that are asked about their words. */
export interface Scope {
  arm: StageModel;
  /** Update that the answers are of, or at which the model stands. */
  update: number | undefined;
  strips: readonly Strip[];
  model: LanguageModelArtifact | undefined;
  reference: LanguageModelArtifact | undefined;
}

/** Updates whose answers were kept, with them. */
export const recordsIn = (stage: StageModel): { update: number; records: readonly TokenRecord[] }[] =>
  stage.rows.flatMap((row) =>
    row.type === 'metrics' && row.records ? [{ update: row.update, records: row.records }] : [],
  );

/** The subject with its figures; undefined while they are not there yet. */
export function useScope(subject: Subject): Scope | undefined {
  const stages = useLab((s) => s.stages);
  const cursor = useCursor((s) => s.pinned);
  const arm = stages.find((s) => s.id === subject.arm);
  const start = referencesIn(stages)[subject.arm]?.id;
  const reference = stages.find((s) => s.id === start)?.model;
  const own = subject.kind === 'sample' ? subject.sample.question.model : arm?.model;
  const rows = useMemo(() => rowsOf(subject), [subject]);
  const isRead = subject.kind !== 'rollouts';
  const against = subject.kind === 'sample' ? (subject.sample.question.reference ?? reference) : reference;
  const read = useRead(isRead && own ? [own, against ?? own] : [], rows);
  if (!arm) return undefined;
  if (subject.kind === 'rollouts') {
    const kept = recordsIn(arm);
    const found = cursor ? nearest(kept, cursor.x, (k) => k.update) : kept.at(-1);
    if (!found) return undefined;
    const weights = keptWeights(arm, found.update - 1);
    const model = arm.model && weights && { ...arm.model, weights };
    return { arm, update: found.update, strips: found.records.map(stripOfRecord), model, reference };
  }
  if (!read || !own) return undefined;
  const strips = rows.map(({ ids, start: from }, i): Strip => {
    const strip: Strip = {
      prompt: ids.slice(0, from),
      completion: ids.slice(from),
      own: read.models[0]!.logProbs[i]!,
      reference: read.models[1]!.logProbs[i]!,
      values: read.models[0]!.values[i]!,
    };
    if (subject.kind === 'pair')
      return { ...strip, gold: i === 0 ? subject.pair.goldChosen : subject.pair.goldRejected };
    const { proxy, gold } = subject.sample;
    return withAdvantages(
      { ...strip, gold: gold.total, ...(proxy === undefined ? {} : { score: proxy }) },
      arm,
    );
  });
  const update =
    subject.kind === 'sample'
      ? (subject.sample.question.update ?? arm.progress?.update)
      : arm.progress?.update;
  return { arm, update, strips, model: own, reference: against };
}

function rowsOf(subject: Subject) {
  switch (subject.kind) {
    case 'sample':
      return [sequence(subject.sample.question.prompt.ids, encode(subject.sample.tokens))];
    case 'pair':
      return [
        sequence(subject.pair.prompt, subject.pair.chosen),
        sequence(subject.pair.prompt, subject.pair.rejected),
      ];
    case 'rollouts':
      return [];
  }
}

/** Rows read by models, once for the same weights. */
function useRead(
  models: readonly LanguageModelArtifact[],
  rows: ReturnType<typeof rowsOf>,
): Inspection | undefined {
  const [read, setRead] = useState<{ of: unknown; inspection: Inspection }>();
  const [first, second] = models;
  useEffect(() => {
    if (!first || !second || rows.length === 0) return;
    let left = false;
    actions.inspect({ models: [first, second], rows }).then(
      (inspection) => left || setRead({ of: rows, inspection }),
      () => undefined, // the worker is gone: the next one is asked when the subject changes
    );
    return () => {
      left = true;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a model is its weights
  }, [first?.weights, second?.weights, rows]);
  return read?.of === rows ? read.inspection : undefined;
}

/** What may come after a prefix under the model and its reference: log-probs by id. */
export function useNext(
  scope: Scope | undefined,
  prefix: readonly number[],
): { own: number[]; reference: number[] } | undefined {
  const [found, setFound] = useState<{ key: string; own: number[]; reference: number[] }>();
  const key = prefix.join();
  const [model, reference] = [scope?.model, scope?.reference ?? scope?.model];
  useEffect(() => {
    if (!model || !reference) return;
    let left = false;
    actions.inspect({ models: [model, reference], rows: [], after: prefix }).then(
      ({ models: [own, other] }) => left || setFound({ key, own: own!.next!, reference: other!.next! }),
      () => undefined,
    );
    return () => {
      left = true;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` is the prefix
  }, [model?.weights, reference?.weights, key]);
  return found?.key === key ? found : undefined;
}
