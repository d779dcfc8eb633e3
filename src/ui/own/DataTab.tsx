import { Button, FileButton, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ownDataOf, readOwnRows, type OwnReading } from '../../exchange/data/own-rows';
import { message, messageOf, type Message } from '../../messages';
import { MODEL_SIZES } from '../../model/config';
import type { ArmStage } from '../../pipeline/stages';
import { taskByName } from '../../world';
import { messageText, stageText } from '../i18n/dynamic';
import { keepOwnData } from '../store/own-data';
import { actions, useLab } from '../store/useLab';
import { setView, useView } from '../store/useView';
import classes from './own.module.css';
import { Rows } from './Rows';
import { armOn, METHODS_ON } from './use-data';

/** Files beyond this are not even opened. */
const MOST_FILE = 64 << 20;

/** Rows of one's own: pasted or dropped, looked at one by one, and only then used. */
export function DataTab() {
  const { t } = useTranslation();
  const task = useLab((s) => s.config.task);
  const size = useLab((s) => s.config.size);
  const [text, setText] = useState('');
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<Message>();
  const [reading, setReading] = useState<OwnReading>();
  const dropped = useView((s) => s.dropped);

  const read = (content: string) => {
    setProblem(undefined);
    try {
      const fitting = { task: taskByName(task), nPositions: MODEL_SIZES[size].nPositions };
      setReading(content.trim() === '' ? undefined : readOwnRows(content, fitting));
    } catch (error) {
      setReading(undefined);
      setProblem(messageOf(error));
    }
  };
  const take = async (file: File) => {
    const content = file.size > MOST_FILE ? undefined : await file.text();
    setName(file.name.replace(/\.\w+$/, '').slice(0, 24));
    setText('');
    if (content !== undefined) return read(content);
    setReading(undefined);
    setProblem(message('exchange.tooLarge', { file: file.name, bytes: file.size, most: MOST_FILE }));
  };
  useEffect(() => {
    if (!dropped) return;
    setView({ dropped: null });
    void Promise.resolve(dropped).then(take);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each file
  }, [dropped]);

  return (
    <div className={classes.data}>
      <p className={classes.about}>{t('own.data.about')}</p>
      <div className={classes.bring}>
        <Textarea
          size="xs"
          label={t('own.data.paste')}
          placeholder={'{"prompt": "the movie was", "completion": " great ."}'}
          value={text}
          minRows={3}
          maxRows={6}
          autosize
          onChange={(e) => {
            setText(e.currentTarget.value);
            read(e.currentTarget.value);
          }}
        />
        <FileButton onChange={(file) => file && void take(file)} accept=".jsonl,.json,.ndjson,.txt">
          {(props) => (
            <Button size="xs" variant="default" {...props}>
              {t('own.data.choose')}
            </Button>
          )}
        </FileButton>
      </div>
      {problem && (
        <p className={classes.problem} role="alert">
          {messageText(problem)}
        </p>
      )}
      {reading ? (
        <>
          <Rows reading={reading} />
          <UseRows key={reading.kind} reading={reading} name={name} setName={setName} />
        </>
      ) : (
        <p className={classes.empty}>{t('own.data.nothing')}</p>
      )}
    </div>
  );
}

interface UseRowsProps {
  reading: OwnReading;
  name: string;
  setName: (name: string) => void;
}

/** Which arm learns from the sound rows. */
function UseRows({ reading, name, setName }: UseRowsProps) {
  const { t } = useTranslation();
  const { kind, rows, sound, withoutGold } = reading;
  const methods = kind ? METHODS_ON[kind] : [];
  const [stage, setStage] = useState<ArmStage>(methods[0] ?? 'ppo');
  const [said, setSaid] = useState('');
  const idle = useLab((s) => s.state === 'idle' && !s.replay);
  // prompts that the task does not know cannot be learned on
  const usable = kind === 'prompts' ? sound - withoutGold : sound;
  if (!kind) return null;
  const called = name.trim() || t(`own.data.kind.${kind}`);
  const add = async () => {
    const data = ownDataOf(reading)!;
    const hash = await keepOwnData(data, called);
    const arm = `${stageText(stage)} · ${called}`.slice(0, 40);
    actions.addArmWith(stage, { name: arm, ...armOn(kind, hash) });
    setSaid(t('own.reward.added', { name: arm }));
  };
  return (
    <div className={classes.use}>
      <p className={classes.verdict}>
        {t(`own.data.use.${kind}`)}{' '}
        {sound < rows.length && t('own.data.leftOut', { n: String(rows.length - sound) })}{' '}
        {withoutGold > 0 && t(`own.data.noGold.${kind}`, { n: String(withoutGold) })}
      </p>
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
          data={methods.map((method) => ({ value: method, label: stageText(method) }))}
          value={stage}
          onChange={(e) => setStage(e.currentTarget.value as ArmStage)}
        />
        <Button size="xs" disabled={usable === 0 || !idle} onClick={() => void add()}>
          {t('own.data.add', { n: String(usable) })}
        </Button>
      </div>
      <p role="status" className={classes.said}>
        {said}
      </p>
    </div>
  );
}
