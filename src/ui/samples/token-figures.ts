import type { Sample } from '../store/useSamples';

type Scored = Pick<Sample, 'logProbs' | 'referenceLogProbs'>;

/** What a token adds to the KL of its answer, nats: log-prob minus reference log-prob. */
export function klOf({ logProbs, referenceLogProbs }: Scored, index: number): number | undefined {
  const [own, reference] = [logProbs[index], referenceLogProbs?.[index]];
  return own === undefined || reference === undefined ? undefined : own - reference;
}
