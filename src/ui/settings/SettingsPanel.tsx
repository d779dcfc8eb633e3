import { Button, Collapse } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Suspense, useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { settingErrors, settingFields, type SettingField as Field } from '../../pipeline/contract/settings';
import { standardOf } from '../../pipeline/lab/edit';
import { STAGES } from '../../pipeline/stages';
import { useShallow } from 'zustand/react/shallow';
import { MarkerIcon } from '../charts/Marker';
import { FormulaFrame } from '../formula/FormulaFrame';
import { stageAbout } from '../i18n/dynamic';
import { part } from '../panel/part';
import { useStageName } from '../store/useStageName';
import type { StageModel } from '../store/snapshot';
import { actions, useLab } from '../store/useLab';
import { setView, useView } from '../store/useView';
import { armColour, armStyle, isHollow } from '../theme/palette';
import { SettingField } from './SettingField';
import classes from './settings.module.css';

/** With KaTeX, which is large. */
export const formula = part(async () => (await import('../formula/Formula')).Formula);

/** The selected stage: what it does, what it minimises, and its hyperparameters. */
export function SettingsPanel() {
  const { t } = useTranslation();
  const stage = useSelectedSettings();
  return (
    <section className={classes.panel} aria-label={t('settings.region')} tabIndex={-1}>
      {stage && <Panel key={stage.id} stage={stage} />}
    </section>
  );
}

type SettingsOf = Pick<StageModel, 'id' | 'stage' | 'name' | 'isArm' | 'settings' | 'changed'>;

/** The selected stage without what changes while it trains. */
function useSelectedSettings(): SettingsOf | null {
  const selected = useDeferredValue(useLab((s) => s.selected)); // input comes first
  return useLab(
    useShallow((s) => {
      const stage = s.stages.find((m) => m.id === selected);
      if (!stage) return null;
      const { id, stage: kind, name, isArm, settings, changed } = stage;
      return { id, stage: kind, name, isArm, settings, changed };
    }),
  );
}

function Panel({ stage }: { stage: SettingsOf }) {
  const { t } = useTranslation();
  const name = useStageName()(stage);
  const config = useLab((s) => s.config);
  const style = useLab((s) => s.styles[stage.id]);
  const advanced = useView((s) => s.advanced);
  const { settings } = STAGES[stage.stage];
  const fields = useMemo(() => settingFields(settings), [settings]);
  const standard = useMemo(() => standardOf(config, stage.id), [config, stage.id]);
  const errors = useMemo(
    () => new Map(settingErrors(settings, stage.settings).map((e) => [e.name, e.message])),
    [settings, stage.settings],
  );
  const isShown = (f: Field) => !f.info.advanced || errors.has(f.name);
  const row = (field: Field) => (
    <SettingField
      key={field.name}
      node={stage.id}
      stage={stage.stage}
      field={field}
      value={stage.settings[field.name]}
      standard={standard[field.name]}
      error={errors.get(field.name)}
    />
  );
  const hidden = fields.filter((f) => !isShown(f));
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={t('settings.title', { name })}>
      <header className={classes.header}>
        <h2 className={classes.title}>
          {style !== undefined && (
            <MarkerIcon
              shape={armStyle(style).marker}
              colour={armColour(style)}
              size={14}
              hollow={isHollow(style)}
            />
          )}
          {name}
        </h2>
        {!stage.id.startsWith('teacher/') && (
          <Button size="compact-xs" variant="default" onClick={() => setView({ sweeping: stage.id })}>
            {t('charts.sweep')}
          </Button>
        )}
        {stage.changed > 0 && (
          <Button size="compact-xs" variant="default" onClick={() => actions.restore(stage.id)}>
            {t('settings.restoreAll')}
          </Button>
        )}
      </header>
      <p className={classes.stageAbout}>{stageAbout(stage.stage)}</p>
      <Suspense fallback={<FormulaFrame stage={stage} />}>
        <formula.Part stage={stage} />
      </Suspense>
      {fields.filter(isShown).map(row)}
      {hidden.length > 0 && (
        <>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            className={classes.more}
            aria-expanded={advanced}
            leftSection={advanced ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
            onClick={() => setView({ advanced: !advanced })}
          >
            {t('settings.advanced', { count: hidden.length })}
          </Button>
          <Collapse expanded={advanced} transitionDuration={0}>
            {advanced && hidden.map(row)}
          </Collapse>
        </>
      )}
    </div>
  );
}
