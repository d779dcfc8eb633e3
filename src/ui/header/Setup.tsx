import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MODEL_SIZES, type ModelSize } from '../../model/config';
import { STARTS, type Start } from '../../pipeline/lab/config';
import { TASKS } from '../../world';
import { taskText } from '../i18n/dynamic';
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
  const seed = useLab((s) => s.config.seed);
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
      <SeedField key={seed} seed={seed} />
    </div>
  );
}

function SeedField({ seed }: { seed: number }) {
  const { t } = useTranslation();
  const [text, setText] = useState(String(seed));
  const isValid = /^\d+$/.test(text) && Number(text) <= 0xffffffff;
  const commit = () => {
    if (isValid && Number(text) !== seed) actions.configure({ seed: Number(text) });
  };
  return (
    <label className={classes.seed}>
      <span>{t('setup.seed')}</span>
      <TextInput
        size="xs"
        inputMode="numeric"
        title={t('setup.seedHint')}
        value={text}
        aria-invalid={!isValid}
        error={isValid ? undefined : t('setup.seedInvalid')}
        onChange={(e) => setText(e.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(e) => e.key === 'Enter' && commit()}
      />
    </label>
  );
}
