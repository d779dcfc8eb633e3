import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import '../i18n/look';
import type { Reference } from '../../pipeline/lab/reference';
import { fixed, percent, spaced } from '../i18n/format';
import { shortReference } from '../i18n/reference';
import { openMicroscope } from '../store/useMicroscope';
import type { Sample } from '../store/useSamples';
import classes from './samples.module.css';
import { klOf } from './token-figures';

interface TokenDetailProps {
  sample: Sample;
  index: number;
  /** What the model is compared with. */
  against: Reference | undefined;
  /** The stage that answered. */
  arm: string;
}

/** Log-prob of one word, and what it adds to the KL. */
export function TokenDetail({ sample, index, against, arm }: TokenDetailProps) {
  const { t } = useTranslation(['translation', 'look']);
  const own = sample.logProbs[index] ?? NaN;
  const reference = sample.referenceLogProbs?.[index];
  const kl = klOf(sample, index);
  return (
    <dl className={classes.detail} aria-live="polite">
      <dt>{sample.tokens[index]}</dt>
      <dd>
        {t('samples.token.logProb')} <b>{fixed(own)}</b> ({percent(Math.exp(own), 1)})
      </dd>
      {against && reference !== undefined && kl !== undefined && (
        <>
          <dd>
            {spaced(t('samples.token.reference', { reference: shortReference(against) }))}{' '}
            <b>{fixed(reference)}</b> ({percent(Math.exp(reference), 1)})
          </dd>
          <dd>
            {t('samples.token.kl')} <b>{t('samples.token.nats', { value: fixed(kl, 2, true) })}</b>
          </dd>
        </>
      )}
      <dd>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => openMicroscope({ kind: 'sample', arm, sample, index })}
        >
          {t('look:scope.open')}
        </Button>
      </dd>
    </dl>
  );
}
