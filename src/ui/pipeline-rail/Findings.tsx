import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import '../i18n/look';
import { settingText } from '../i18n/dynamic';
import { brief } from '../i18n/format';
import { CHART_OF, cureOf } from '../store/cures';
import { findingsOf } from '../store/findings';
import type { StageModel } from '../store/snapshot';
import { setCursor } from '../store/useCursor';
import { actions, useLab } from '../store/useLab';
import { setView } from '../store/useView';
import classes from './rail.module.css';

/** What went wrong with an arm in words, each with its chart and what cures it. */
export function Findings({ stage }: { stage: StageModel }) {
  const { t } = useTranslation('look');
  const task = useLab((s) => s.config.task);
  const replay = useLab((s) => s.replay !== null);
  const findings = findingsOf(stage);
  if (findings.length === 0) return null;
  const show = (kind: (typeof findings)[number]['kind'], update: number) => {
    const chart = CHART_OF[kind];
    actions.select(stage.id);
    setCursor({ pinned: { axis: 'update', x: update }, ...(chart === 'inside' ? {} : { held: stage.id }) });
    setView({
      xAxis: 'update',
      ...(chart === 'inside' ? { tab: 'inside' } : { tab: 'compare', enlarged: null }),
    });
  };
  return (
    <ul className={classes.findings}>
      {findings.map(({ kind, update }) => {
        const cure = replay ? undefined : cureOf(kind, stage, task);
        return (
          <li key={kind} data-finding={kind}>
            <span>{t(`finding.${kind}`, { update: String(update) })}</span>{' '}
            <Button size="compact-xs" variant="default" onClick={() => show(kind, update)}>
              {t('finding.show')}
            </Button>
            {cure && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => actions.set(stage.id, cure.name, cure.value)}
              >
                {t('finding.cure', {
                  setting: settingText(stage.stage, cure.name).label,
                  value: brief(cure.value),
                })}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
