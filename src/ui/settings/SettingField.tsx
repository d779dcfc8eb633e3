import { ActionIcon, NativeSelect, Switch, TextInput } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { memo, Suspense, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../messages';
import type { SettingField as Field } from '../../pipeline/contract/settings';
import type { StageName } from '../../pipeline/stages';
import { i18n } from '../i18n';
import { messageText, optionText, settingText } from '../i18n/dynamic';
import { brief } from '../i18n/format';
import { part } from '../panel/part';
import { actions } from '../store/useLab';
import { setView, useView } from '../store/useView';
import { POSITIONS, sliderScale, typedValue } from './scale';
import classes from './settings.module.css';

interface SettingFieldProps {
  node: string;
  stage: StageName;
  field: Field;
  value: unknown;
  standard: unknown;
  error?: Message | undefined;
}

const ownChoice = part(async () => (await import('./OwnChoice')).OwnChoice);
export const tex = part(async () => (await import('../formula/Tex')).Tex);

/** One hyperparameter: what it is, what it does, its value, and what is wrong with it. */
export const SettingField = memo(function SettingField(props: SettingFieldProps) {
  const { node, stage, field, value, standard, error } = props;
  const { t } = useTranslation();
  const id = useId();
  const { label, effect, unit } = settingText(stage, field.name);
  const lit = useView((s) => s.highlighted === field.name);
  const row = useRef<HTMLDivElement>(null);
  const changed = value !== standard;
  const set = (next: unknown) => actions.set(node, field.name, next);
  const shown = (v: unknown) =>
    typeof v === 'number'
      ? brief(v)
      : v === null
        ? t('settings.off')
        : v === true
          ? t('settings.on')
          : v === false
            ? t('settings.off')
            : field.kind.type === 'choice'
              ? optionText(stage, field.name, String(v))
              : String(v);

  return (
    <div
      ref={row}
      className={classes.field}
      data-lit={lit || undefined}
      data-changed={changed || undefined}
      data-setting={field.name}
      onPointerEnter={() => setView({ highlighted: field.name })}
      onPointerLeave={() => setView({ highlighted: null })}
      onFocus={() => setView({ highlighted: field.name })}
      onBlur={() => setView({ highlighted: null })}
    >
      <div className={classes.top}>
        <label htmlFor={id} className={classes.label}>
          {field.info.symbol && (
            <span className={classes.symbol} aria-hidden>
              <Suspense>
                <tex.Part>{field.info.symbol}</tex.Part>
              </Suspense>
            </span>
          )}
          <span>
            {label}
            {unit && <span className={classes.unit}> {unit}</span>}
          </span>
        </label>
        {changed && (
          <ActionIcon
            size="xs"
            title={t('settings.restore', { value: shown(standard) })}
            aria-label={`${label}: ${t('settings.restore', { value: shown(standard) })}`}
            onClick={() => set(standard)}
          >
            <IconArrowBackUp size={14} />
          </ActionIcon>
        )}
        <Control {...props} id={id} label={label} set={set} />
      </div>
      <NumberSlider field={field} value={value} label={label} set={set} />
      {error ? (
        <p id={`${id}-error`} className={classes.error} role="alert">
          {messageText(error)}
        </p>
      ) : null}
      <p id={`${id}-about`} className={classes.about}>
        {effect}{' '}
        <span className={classes.unit}>
          {[typicalText(field), changed ? t('settings.changed', { value: shown(standard) }) : '']
            .filter(Boolean)
            .join(' ')}
        </span>
      </p>
    </div>
  );
});

function typicalText({ info }: Field): string {
  if (!info.typical) return '';
  const [low, high] = info.typical;
  return low === high
    ? i18n.t('settings.typicalOne', { value: brief(low) })
    : i18n.t('settings.typical', { low: brief(low), high: brief(high) });
}

type ControlProps = SettingFieldProps & { id: string; label: string; set: (value: unknown) => void };

function Control({ stage, field, value, standard, error, id, label, set }: ControlProps) {
  const { t } = useTranslation();
  const described = `${error ? `${id}-error ` : ''}${id}-about`;
  switch (field.kind.type) {
    case 'flag':
      return (
        <Switch
          id={id}
          size="sm"
          checked={value === true}
          onChange={(e) => set(e.currentTarget.checked)}
          aria-describedby={described}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          id={id}
          size="xs"
          className={classes.choice}
          data={field.kind.options.map((option) => ({
            value: option,
            label: optionText(stage, field.name, option),
          }))}
          value={String(value)}
          onChange={(e) => set(e.currentTarget.value)}
          aria-describedby={described}
        />
      );
    case 'own':
      return (
        <Suspense>
          <ownChoice.Part id={id} of={field.kind.of} value={value} described={described} set={set} />
        </Suspense>
      );
    case 'number':
    case 'integer': {
      const fallback = typeof standard === 'number' ? standard : (field.info.typical?.[0] ?? field.kind.min);
      return (
        <>
          {field.kind.nullable && (
            <Switch
              size="xs"
              checked={value !== null}
              aria-label={t('settings.switchOff', { label })}
              onChange={(e) => set(e.currentTarget.checked ? fallback : null)}
            />
          )}
          <NumberBox
            id={id}
            value={value}
            invalid={!!error}
            described={described}
            set={set}
            off={t('settings.off')}
          />
        </>
      );
    }
  }
}

interface NumberBoxProps {
  id: string;
  value: unknown;
  invalid: boolean;
  described: string;
  off: string;
  set: (value: unknown) => void;
}

/** A number as text: what is typed stays as typed until the box is left. */
function NumberBox({ id, value, invalid, described, off, set }: NumberBoxProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [committed, setCommitted] = useState(value);
  if (committed !== value) {
    // changed from outside (slider, reset, link)
    setCommitted(value);
    if (draft !== null && typedValue(draft) !== value) setDraft(null);
  }
  return (
    <TextInput
      id={id}
      size="xs"
      className={classes.number}
      inputMode="decimal"
      autoComplete="off"
      value={draft ?? (typeof value === 'number' ? String(value) : String(value ?? ''))}
      placeholder={value === null ? off : undefined}
      disabled={value === null}
      error={invalid}
      aria-invalid={invalid}
      aria-describedby={described}
      onChange={(e) => {
        setDraft(e.currentTarget.value);
        set(typedValue(e.currentTarget.value));
      }}
      onBlur={() => setDraft(null)}
    />
  );
}

/** Slides at once, but hands the value on at most every 80 ms: every change renews the pipeline's keys. */
function NumberSlider({
  field,
  value,
  label,
  set,
}: {
  field: Field;
  value: unknown;
  label: string;
  set: (value: unknown) => void;
}) {
  const { t } = useTranslation();
  const scale = sliderScale(field);
  const [dragged, setDragged] = useState<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (!scale || value === null) return null;
  const position = dragged ?? (typeof value === 'number' ? scale.positionOf(value) : 0);
  const [from, to] = scale.typical;
  return (
    <input
      type="range"
      className={classes.slider}
      min={0}
      max={POSITIONS}
      step={1}
      value={position}
      aria-label={t('settings.slider', { label })}
      aria-valuetext={String(scale.valueAt(position))}
      style={{ '--from': `${from}%`, '--to': `${to}%` } as React.CSSProperties}
      onChange={(e) => {
        const next = Number(e.currentTarget.value);
        setDragged(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          set(scale.valueAt(next));
          setDragged(null);
        }, 80);
      }}
    />
  );
}
