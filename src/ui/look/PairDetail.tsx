import { Button, CloseButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fixed, percent } from '../i18n/format';
import type { StageModel } from '../store/snapshot';
import { openMicroscope } from '../store/useMicroscope';
import classes from './look.module.css';
import type { PairRow } from './learned';

interface PairDetailProps {
  row: PairRow;
  margin: number | undefined;
  arm: StageModel;
  onClose: () => void;
}

/** Both answers of a pair side by side, and whether the label tells the truth. */
export function PairDetail({ row, margin, arm, onClose }: PairDetailProps) {
  const { t } = useTranslation('look');
  const { pair, prompt, gap, chance, flipped, labeler } = row;
  const verdict = gap < 0 ? 'wrong' : gap === 0 ? 'tie' : 'right';
  return (
    <article
      className={classes.detail}
      aria-label={t('data.pair', { number: String(row.number) })}
      data-pair={row.number}
    >
      <header>
        <span className={classes.words}>{prompt} …</span>
        <CloseButton size="sm" aria-label={t('data.close')} onClick={onClose} />
      </header>
      <div className={classes.sides}>
        {(['chosen', 'rejected'] as const).map((side) => (
          <div key={side} className={classes.side} data-side={side}>
            <b>{t(`data.column.${side}`)}</b>
            <p className={classes.words}>
              <span className={classes.muted}>{prompt} </span>
              {row[side]}
            </p>
            <span>
              {t('data.gold')}{' '}
              <b>{fixed(side === 'chosen' ? pair.goldChosen : pair.goldRejected, 2, true)}</b>
            </span>
          </div>
        ))}
      </div>
      <p className={classes.verdict}>
        {t('data.apart', { gap: fixed(Math.abs(gap), 2) })}{' '}
        {chance !== undefined && t('data.chance', { chance: percent(chance) })}{' '}
        <span data-sign={verdict === 'wrong' ? 'minus' : 'plus'}>{t(`data.verdict.${verdict}`)}</span>{' '}
        {flipped && t('data.flipped')}{' '}
        {labeler !== undefined && t('data.labeler', { number: String(labeler + 1) })}{' '}
        {margin !== undefined &&
          t(margin < 0 ? 'data.disagrees' : 'data.agrees', { margin: fixed(margin, 1, true) })}
      </p>
      {arm.model && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => openMicroscope({ kind: 'pair', arm: arm.id, pair, number: row.number })}
        >
          {t('data.microscope')}
        </Button>
      )}
    </article>
  );
}
