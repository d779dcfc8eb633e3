import { Button, Checkbox, Modal, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SCALES, type Scale } from '../../pipeline/lab/sweep-values';
import type { LabConfig } from '../../pipeline/lab/config';
import type { StageName } from '../../pipeline/stages';
import { i18n } from '../i18n';
import { messageText, optionText, settingText, stageText } from '../i18n/dynamic';
import { spaced } from '../i18n/format';
import { separated } from '../i18n/list';
import { useLab } from '../store/useLab';
import { setView, useView } from '../store/useView';
import { Cost } from './Cost';
import { begin } from './drive';
import { draftFor, draftOf, groupsOf, planOf, type Draft, type Group, type Plan } from './plan';
import classes from './sweep.module.css';
import { nameOfValue, valueText } from './words';

const MOST_SEEDS = 20;

const close = () => setView({ sweeping: null });

/** Where a sweep is put together: a setting and values, or seeds, or both; and what it would cost. */
export function SweepForm() {
  const { t } = useTranslation();
  const node = useView((s) => s.sweeping);
  const config = useLab((s) => s.config);
  const valid = useLab((s) => s.problems.length === 0);
  return (
    <Modal
      opened={node !== null && valid}
      onClose={close}
      title={t('sweep.title')}
      size="38rem"
      closeButtonProps={{ 'aria-label': t('notice.close') }}
      classNames={{ title: classes.title! }}
    >
      {node !== null && valid && <Form key={node} config={config} node={node} />}
    </Modal>
  );
}

function Form({ config, node }: { config: LabConfig; node: string }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => draftFor(config, node));
  const groups = groupsOf(config, draft.arm);
  const group = groups.find(({ id }) => id === draft.id);
  const change = (more: Partial<Draft>) => setDraft({ ...draft, ...more });
  const plan = planOf(
    config,
    draft,
    group && ((arm, value) => nameOfValue(arm, group.stage, draft.setting, value)),
  );
  const busy = useLab((s) => s.state !== 'idle');
  const runs = plan.sweep ? plan.sweep.config.arms.length * plan.sweep.seeds.length : 0;
  const vary = (value: string) => {
    const [id, setting] = value.split(' ') as [string, string];
    const field = groups.find((g) => g.id === id)?.fields.find(({ name }) => name === setting);
    if (!field) change({ id: null });
    else change({ ...draftOf(config, id, field), seeds: draft.seeds });
  };
  return (
    <form
      className={classes.form}
      onSubmit={(e) => {
        e.preventDefault();
        if (plan.sweep && !busy) void begin(plan.sweep);
      }}
    >
      <p className={classes.about}>{t('sweep.about')}</p>
      <div className={classes.row}>
        <NativeSelect
          label={t('sweep.arm')}
          value={draft.arm}
          disabled={draft.id === null}
          data={config.arms.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(e) => setDraft({ ...draftFor(config, e.currentTarget.value), seeds: draft.seeds })}
        />
        <NativeSelect
          className={classes.wide}
          label={t('sweep.vary')}
          value={draft.id === null ? '' : `${draft.id} ${draft.setting}`}
          data-autofocus
          data={[
            ...groups.map((g) => optionsOf(g, config.arms.find(({ id }) => id === draft.arm)!.name)),
            { value: '', label: t('sweep.nothing') },
          ]}
          onChange={(e) => vary(e.currentTarget.value)}
        />
      </div>
      {group && <Values draft={draft} group={group} change={change} plan={plan} />}
      <Seeds draft={draft} config={config} change={change} />
      <div className={classes.plan} aria-live="polite" data-plan={runs}>
        {plan.sweep && <Cost sweep={plan.sweep} />}
        {busy && <p>{t('sweep.busy')}</p>}
      </div>
      <div className={classes.buttons}>
        <Button variant="default" onClick={close}>
          {t('sweep.cancel')}
        </Button>
        <Button type="submit" disabled={!plan.sweep || busy}>
          {t('sweep.start', { count: runs })}
        </Button>
      </div>
    </form>
  );
}

const groupText = (id: string, stage: StageName, arm: string): string =>
  spaced(
    id.includes('/') ? i18n.t('sweep.under', { stage: stageText(stage) }) : i18n.t('sweep.own', { arm }),
  );

const optionsOf = ({ id, stage, fields }: Group, arm: string) => ({
  group: groupText(id, stage, arm),
  items: fields.map(({ name }) => ({ value: `${id} ${name}`, label: settingText(stage, name).label })),
});

interface ValuesProps {
  draft: Draft;
  group: Group;
  change: (more: Partial<Draft>) => void;
  plan: Plan;
}

/** A list or a range of numbers, or which options. */
function Values({ draft, group: { stage, fields }, change, plan }: ValuesProps) {
  const { t } = useTranslation();
  const { kind } = fields.find(({ name }) => name === draft.setting)!;
  const problem = plan.problem && <p className={classes.problem} role="alert">{spaced(`${settingText(stage, draft.setting).label} ${messageText(plan.problem)}`)}</p>; // prettier-ignore
  const text = (value: unknown) => valueText(stage, draft.setting, value);
  if (kind.type === 'choice' || kind.type === 'flag')
    return (
      <Checkbox.Group
        label={t('sweep.values')}
        value={[...draft.options]}
        onChange={(options) => change({ options })}
      >
        <div className={classes.options}>
          {(kind.type === 'choice' ? kind.options : ['off', 'on']).map((option) => (
            <Checkbox
              key={option}
              size="sm"
              value={option}
              label={
                kind.type === 'choice'
                  ? optionText(stage, draft.setting, option)
                  : t(`settings.${option as 'on'}`)
              }
            />
          ))}
        </div>
        {problem}
      </Checkbox.Group>
    );
  const box = (name: 'from' | 'to' | 'count') => (
    <TextInput
      label={t(`sweep.${name}`)}
      value={draft[name]}
      inputMode="decimal"
      onChange={(e) => change({ [name]: e.currentTarget.value })}
    />
  );
  return (
    <div className={classes.values}>
      <SegmentedControl
        size="xs"
        aria-label={t('sweep.how')}
        value={draft.how}
        onChange={(how) =>
          change({
            how: how as Draft['how'],
            ...(how === 'list' && !draft.list ? { list: plan.values.join(', ') } : {}),
          })
        }
        data={(['range', 'list'] as const).map((value) => ({ value, label: t(`sweep.${value}`) }))}
      />
      {draft.how === 'list' ? (
        <TextInput
          label={t('sweep.values')}
          description={t('sweep.valuesHint')}
          value={draft.list}
          onChange={(e) => change({ list: e.currentTarget.value })}
        />
      ) : (
        <div className={classes.row}>
          {box('from')}
          {box('to')}
          {box('count')}
          <NativeSelect
            label={t('sweep.scale')}
            value={draft.scale}
            data={SCALES.map((value) => ({ value, label: t(`sweep.scales.${value}`) }))}
            onChange={(e) => change({ scale: e.currentTarget.value as Scale })}
          />
        </div>
      )}
      {problem ?? (
        <p className={classes.these}>{t('sweep.these', { values: separated(plan.values.map(text)) })}</p>
      )}
    </div>
  );
}

interface SeedsProps {
  draft: Draft;
  config: LabConfig;
  change: (more: Partial<Draft>) => void;
}

function Seeds({ draft, config, change }: SeedsProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.row}>
      <NativeSelect
        label={t('sweep.seeds')}
        description={t('sweep.seedsHint', { first: String(config.seed) })}
        value={String(draft.seeds)}
        data={Array.from({ length: MOST_SEEDS }, (_, i) => String(i + 1))}
        onChange={(e) => change({ seeds: Number(e.currentTarget.value) })}
      />
      {config.start === 'trunk' && draft.seeds > 1 && <p className={classes.note}>{t('sweep.shipped')}</p>}
    </div>
  );
}
