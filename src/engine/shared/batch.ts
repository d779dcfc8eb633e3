import type { GptConfig } from '../../model/config';
import { MessageError } from '../../messages';
import type { Batch, LossTerm } from '../types';

/** Throws a RangeError unless every sequence fits the model. */
export function checkBatch(batch: Batch, config: GptConfig): void {
  if (batch.length === 0) throw new RangeError('empty batch');
  batch.forEach(({ ids, start, prefix = 0 }, b) => {
    if (ids.length > config.nPositions)
      throw new RangeError(
        `row ${b}: sequence of ${ids.length} tokens; the model has ${config.nPositions} positions`,
      );
    if (!(start >= 1 && start <= ids.length && prefix >= 0 && prefix <= start))
      throw new RangeError(
        `row ${b}: needs 0 ≤ prefix ${prefix} ≤ start ${start} and 1 ≤ start ≤ length ${ids.length}`,
      );
    checkIds(ids, config.vocabSize, b);
  });
}

/** Throws a RangeError unless every token is in the vocabulary. */
export function checkIds(ids: readonly number[], vocabSize: number, row: number): void {
  for (const id of ids)
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize))
      throw new RangeError(`row ${row}: token ${id} is outside the vocabulary of ${vocabSize}`);
}

/** Refuses terms that learn from completion tokens alone where there is none: their loss would be 0/0. */
export function checkTerms(terms: readonly LossTerm[]): void {
  if (terms.length === 0) throw new RangeError('an update needs at least one loss term');
  for (const { batch, want } of terms)
    if (
      (want.logProbs || want.entropy || want.values) &&
      !want.scores &&
      batch.length > 0 &&
      batch.every(({ ids, start }) => start === ids.length)
    )
      throw new MessageError({ code: 'loss.noTokens', values: { rows: batch.length } });
}
