import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MODEL_SIZES, type ModelSize } from '../../model/config';
import { STARTS, type Start } from '../../pipeline/lab/config';
import { TASKS } from '../../world';
import { messageText, taskText } from '../i18n/dynamic';
import { actions, useLab } from '../store/useLab';
import classes from './header.module.css';

/** Which of the alignment tasks. */
export function TaskSwitch() {
  const { t } = useTranslation();
  const task = useLab((s) => s.config.task);
  const idle = useLab((s) => s.state === 'idle');
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('setup.task')}
      value={task}
      disabled={!idle}
      onChange={(value) => actions.configure({ task: value })}
      data={TASKS.map(({ name }) => ({ value: name, label: taskText(name) }))}
    />
  );
}

/** Where a run starts, with how large a model, and with which seed. */
export function Setup() {
  const { t } = useTranslation();
  const start = useLab((s) => s.config.start);
  const size = useLab((s) => s.config.size);
  const idle = useLab((s) => s.state === 'idle');
  return (
    <div className={classes.setup}>
      <label>
        <span className={classes.wide}>{t('setup.start')}</span>
        <NativeSelect
          size="xs"
          value={start}
          disabled={!idle}
          title={t(`setup.startHints.${start}`)}
          onChange={(e) => actions.configure({ start: e.currentTarget.value as Start })}
          data={STARTS.map((value) => ({ value, label: t(`setup.starts.${value}`) }))}
        />
      </label>
      <label>
        <span className={classes.wide}>{t('setup.size')}</span>
        <NativeSelect
          size="xs"
          value={size}
          disabled={!idle}
          title={t('setup.sizeHint', {
            layers: String(MODEL_SIZES[size].nLayer),
            width: String(MODEL_SIZES[size].nEmbd),
          })}
          onChange={(e) => actions.configure({ size: e.currentTarget.value as ModelSize })}
          data={(Object.keys(MODEL_SIZES) as ModelSize[]).map((value) => ({
            value,
            label: t(`setup.sizes.${value}`),
          }))}
        />
      </label>
      <SeedField />
    </div>
  );
}

/** The seed as text: what is typed stays as typed until the field is left, and a text that is no seed is named. */
function SeedField() {
  const { t } = useTranslation();
  const seed = useLab((s) => s.config.seed);
  const problem = useLab((s) => s.problems.find(({ path }) => path === 'seed')?.message);
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <label className={classes.seed}>
      <span className={classes.seedName}>{t('setup.seed')}</span>
      <TextInput
        size="xs"
        inputMode="numeric"
        autoComplete="off"
        title={t('setup.seedHint')}
        value={draft ?? String(seed)}
        aria-invalid={!!problem}
        error={problem && messageText(problem)}
        classNames={{ error: classes.seedError }}
        onChange={(e) => {
          setDraft(e.currentTarget.value);
          actions.setSeed(e.currentTarget.value);
        }}
        onBlur={() => setDraft(null)}
      />
    </label>
  );
}
