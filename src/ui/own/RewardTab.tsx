import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import type { Message } from '../../messages';
import { messageOf } from '../../messages';
import { ARM_STAGES, isUsual, STAGES, type ArmStage } from '../../pipeline/stages';
import { RuleTrial } from '../../worker/rules';
import { messageText, stageText } from '../i18n/dynamic';
import { keepOwnData, useOwnData } from '../store/own-data';
import { actions, useLab } from '../store/useLab';
import { useView } from '../store/useView';
import { Editor } from './Editor';
import { RULE_EXAMPLES, RULES } from './examples';
import classes from './own.module.css';
import { ANSWERS_EACH, answersOnce, PROMPTS, type Tried } from './preview';
import { Scores } from './Scores';

/** What came of trying a rule. */
interface Trial {
  source: string;
  tried: readonly Tried[];
  scores?: readonly number[];
  problem?: Message;
}

/** Arms that learn a reward, or choose by one. */
const METHODS = ARM_STAGES.filter((stage) => STAGES[stage].learnsFrom === 'reward');

/** A reward is written, tried on real answers, and then used as proxy or as gold. */
export function RewardTab() {
  const { t } = useTranslation();
  const [source, setSource] = useState<string>(RULES.praise);
  const [name, setName] = useState('');
  const { trial, busy, run } = useTrial();
  const hasModel = useLab((s) => s.stages.some((stage) => isUsual(stage.stage, 'sft') && stage.model));
  const current = trial?.source === source ? trial : undefined;
  const saved = useOwnData(useShallow((s) => s.items.filter(({ kind }) => kind === 'reward')));
  const choose = (text: string, as: string) => {
    setSource(text);
    setName(as);
  };
  return (
    <div className={classes.reward}>
      <div className={classes.write}>
        <p className={classes.about}>{t('own.reward.about')}</p>
        <div className={classes.examples} role="group" aria-label={t('own.reward.examples')}>
          <span>{t('own.reward.examples')}</span>
          {RULE_EXAMPLES.map((example) => (
            <button
              key={example}
              type="button"
              onClick={() => choose(RULES[example], t(`own.reward.example.${example}`))}
            >
              {t(`own.reward.example.${example}`)}
            </button>
          ))}
        </div>
        {saved.length > 0 && (
          <NativeSelect
            size="xs"
            aria-label={t('own.reward.saved')}
            data={[
              { value: '', label: t('own.reward.saved') },
              ...saved.map((i) => ({ value: i.hash, label: i.name })),
            ]}
            value=""
            onChange={(e) => {
              const item = saved.find(({ hash }) => hash === e.currentTarget.value);
              if (item?.data.kind === 'reward') choose(item.data.source, item.name);
            }}
          />
        )}
        <Editor label={t('own.reward.editor')} value={source} onChange={setSource} />
        <Button loading={busy} disabled={!hasModel} onClick={() => void run(source)}>
          {t('own.reward.try')}
        </Button>
        {!hasModel && <p className={classes.about}>{t('own.reward.noModel')}</p>}
        {current?.problem && (
          <p className={classes.problem} role="alert">
            {messageText(current.problem)}
          </p>
        )}
        <Use
          key={source}
          source={source}
          name={name}
          setName={setName}
          isTried={current?.scores !== undefined}
        />
      </div>
      <div className={classes.preview}>
        {trial?.scores ? (
          <>
            {!current && <p className={classes.about}>{t('own.reward.changed')}</p>}
            <Scores tried={trial.tried} scores={trial.scores} />
          </>
        ) : (
          <p className={classes.empty}>{t('own.reward.untried', { n: String(PROMPTS * ANSWERS_EACH) })}</p>
        )}
      </div>
    </div>
  );
}

/** Tries rules on answers of the SFT model there is, which are drawn once. */
function useTrial() {
  const [trial, setTrial] = useState<Trial>();
  const [busy, setBusy] = useState(false);
  const runner = useMemo(() => new RuleTrial(), []);
  useEffect(() => () => runner.dispose(), [runner]);
  const run = async (source: string) => {
    const { stages, config } = useLab.getState();
    const model = stages.find((stage) => isUsual(stage.stage, 'sft') && stage.model)?.model;
    if (!model) return;
    setBusy(true);
    try {
      const tried = await answersOnce(model, config.task);
      const rules = tried.map(({ rule }) => rule);
      setTrial({ source, tried, ...(await runner.score(source, rules)) });
    } catch (error) {
      setTrial({ source, tried: [], problem: messageOf(error) });
    } finally {
      setBusy(false);
    }
  };
  return { trial, busy, run };
}

interface UseProps {
  source: string;
  name: string;
  setName: (name: string) => void;
  isTried: boolean;
}

/** What a rule that has been tried may be used as. */
function Use({ source, name, setName, isTried }: UseProps) {
  const { t } = useTranslation();
  const [stage, setStage] = useState<ArmStage>('ppo');
  const [said, setSaid] = useState('');
  const idle = useLab((s) => s.state === 'idle' && !s.replay);
  const opened = useView((s) => s.own !== null);
  const called = name.trim() || t('stage.names.rule');
  const ready = isTried && idle && opened;
  const keep = () => keepOwnData({ kind: 'reward', source }, called);
  const asProxy = async () => {
    const rule = await keep();
    const arm = `${stageText(stage)} · ${called}`.slice(0, 40);
    actions.addArmWith(stage, { name: arm, from: { reward: 'rule' }, trunk: { rule: { rule } } });
    setSaid(t('own.reward.added', { name: arm }));
  };
  const asGold = async () => {
    actions.setGold(await keep());
    setSaid(t('own.reward.goldSet'));
  };
  return (
    <div className={classes.use}>
      <TextInput
        size="xs"
        label={t('own.name')}
        value={name}
        maxLength={24}
        placeholder={t('stage.names.rule')}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <div className={classes.way}>
        <NativeSelect
          size="xs"
          aria-label={t('own.reward.method')}
          data={METHODS.map((method) => ({ value: method, label: stageText(method) }))}
          value={stage}
          onChange={(e) => setStage(e.currentTarget.value as ArmStage)}
        />
        <Button size="xs" disabled={!ready} onClick={() => void asProxy()}>
          {t('own.reward.asProxy')}
        </Button>
        <p className={classes.about}>{t('own.reward.asProxyHint')}</p>
      </div>
      <div className={classes.way}>
        <Button size="xs" variant="default" disabled={!ready} onClick={() => void asGold()}>
          {t('own.reward.asGold')}
        </Button>
        <p className={classes.about}>{t('own.reward.asGoldHint')}</p>
      </div>
      <p role="status" className={classes.said}>
        {said}
      </p>
    </div>
  );
}
