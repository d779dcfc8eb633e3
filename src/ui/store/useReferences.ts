import { distinctReferences, type Reference, type References } from '../../pipeline/lab/reference';
import { referencesIn } from './references';
import { useLab } from './useLab';

let kept: { signature: string; references: References } = { signature: '', references: {} };

/** What the arms of the page are compared with; the same object until that changes. */
export function useReferences(): References {
  return useLab(({ stages }) => {
    const references = referencesIn(stages);
    const signature = JSON.stringify(references);
    if (signature !== kept.signature) kept = { signature, references };
    return kept.references;
  });
}

/** What an arm is compared with, where not all arms are compared with the same. */
export function useOwnReference(id: string): Reference | undefined {
  const references = useReferences();
  return distinctReferences(references).length > 1 ? references[id] : undefined;
}
