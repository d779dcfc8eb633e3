import { Button, FileButton, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MOST_OWN } from '../../pipeline/contract/own';
import { readText } from '../../pipeline/data/corpus';
import type { ArmStage } from '../../pipeline/stages';
import { stageText } from '../i18n/dynamic';
import { keepOwnData } from '../store/own-data';
import { actions, useLab } from '../store/useLab';
import classes from './own.module.css';
import { Unknown } from './Rows';
import { METHODS_ON } from './use-data';

/** Enough to say a few things; the ready-made base has learned from twenty times as many. */
const STEPS = 1500;
/** Below so many known words a model learns them by heart. */
const FEW = 5000;

/** A text of one's own for a base model: what of it is known, and what is not. */
export function TextTab() {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [stage, setStage] = useState<ArmStage>('ppo');
  const [said, setSaid] = useState('');
  const idle = useLab((s) => s.state === 'idle' && !s.replay);
  const read = useMemo(() => readText(text), [text]);
  const take = async (file: File) => {
    setText((await file.text()).slice(0, MOST_OWN.letters));
    setName(file.name.replace(/\.\w+$/, '').slice(0, 24));
  };
  const add = async () => {
    const called = name.trim() || t('own.tabs.text');
    const hash = await keepOwnData({ kind: 'text', text }, called);
    const arm = `${stageText(stage)} · ${called}`.slice(0, 40);
    actions.addArmWith(stage, { name: arm, trunk: { pretrain: { text: hash, steps: STEPS } } });
    setSaid(t('own.reward.added', { name: arm }));
  };
  return (
    <div className={classes.data}>
      <p className={classes.about}>{t('own.text.about')}</p>
      <div className={classes.bring}>
        <Textarea
          size="xs"
          label={t('own.text.paste')}
          value={text}
          minRows={5}
          maxRows={12}
          autosize
          onChange={(e) => setText(e.currentTarget.value.slice(0, MOST_OWN.letters))}
        />
        <FileButton onChange={(file) => file && void take(file)} accept=".txt,.md">
          {(props) => (
            <Button size="xs" variant="default" {...props}>
              {t('own.data.choose')}
            </Button>
          )}
        </FileButton>
      </div>
      {read.words === 0 ? (
        <p className={classes.empty}>{t('own.text.nothing')}</p>
      ) : (
        <>
          <p className={classes.verdict} role="status" data-known={read.known}>
            <b>
              {t('own.text.summary', {
                known: String(read.known),
                words: String(read.words),
                lines: String(read.documents.length),
              })}
            </b>{' '}
            {read.known < FEW && t('own.text.few')}
          </p>
          <Unknown words={read.unknown} />
          <div className={classes.way}>
            <TextInput
              size="xs"
              aria-label={t('own.name')}
              placeholder={t('own.name')}
              value={name}
              maxLength={24}
              onChange={(e) => setName(e.currentTarget.value)}
            />
            <NativeSelect
              size="xs"
              aria-label={t('own.reward.method')}
              data={METHODS_ON.demonstrations.map((method) => ({ value: method, label: stageText(method) }))}
              value={stage}
              onChange={(e) => setStage(e.currentTarget.value as ArmStage)}
            />
            <Button size="xs" disabled={read.known === 0 || !idle} onClick={() => void add()}>
              {t('own.text.add')}
            </Button>
            <p className={classes.about}>{t('own.text.hint', { steps: String(STEPS) })}</p>
          </div>
          <p role="status" className={classes.said}>
            {said}
          </p>
        </>
      )}
    </div>
  );
}
