import { Button, TextInput } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { taskText } from '../i18n/dynamic';
import { readPrompt, type PromptReading, type ReadyPrompt } from '../store/prompt';
import { useLab } from '../store/useLab';
import { askPrompt } from '../store/useSamples';
import classes from './samples.module.css';

/** The prompt in use, open to editing. What cannot be asked is explained, not refused. */
export function PromptField({ prompt }: { prompt: ReadyPrompt }) {
  const { t } = useTranslation();
  const id = useId();
  const task = useLab((s) => s.config.task);
  const size = useLab((s) => s.config.size);
  const [text, setText] = useState(prompt.text);
  const [reading, setReading] = useState<PromptReading | null>(null);
  const submit = (value: string) => {
    const result = readPrompt(task, size, value);
    setReading(result);
    if (result.status !== 'ready') return;
    setText(result.prompt.text);
    askPrompt(result.prompt);
  };
  return (
    <form
      className={classes.form}
      onSubmit={(e) => {
        e.preventDefault();
        submit(text);
      }}
    >
      <div className={classes.promptRow}>
        <TextInput
          size="xs"
          className={classes.prompt}
          aria-label={t('samples.prompt')}
          aria-describedby={`${id}-help`}
          placeholder={t('samples.promptHint')}
          value={text}
          error={reading !== null && reading.status !== 'ready'}
          spellCheck={false}
          autoComplete="off"
          onChange={(e) => {
            setText(e.currentTarget.value);
            const now = readPrompt(task, size, e.currentTarget.value);
            setReading(now.status === 'unknown' ? now : null);
          }}
        />
        <Button type="submit" size="xs" variant="default">
          {t('samples.ask')}
        </Button>
      </div>
      <div id={`${id}-help`} className={classes.help} aria-live="polite">
        {reading && reading.status !== 'ready' && (
          <Explanation reading={reading} task={task} onExample={(example) => submit(example)} />
        )}
      </div>
    </form>
  );
}

interface ExplanationProps {
  reading: Exclude<PromptReading, { status: 'ready' }>;
  task: string;
  onExample: (text: string) => void;
}

function Explanation({ reading, task, onExample }: ExplanationProps) {
  const { t } = useTranslation();
  switch (reading.status) {
    case 'unknown':
      return (
        <p className={classes.wrong}>
          {t('samples.unknown', { count: reading.words.length, words: reading.words.join(', ') })}
        </p>
      );
    case 'tooLong':
      return (
        <p className={classes.wrong}>
          {t('samples.tooLong', { count: reading.count, max: String(reading.max) })}
        </p>
      );
    case 'wrongForm':
      return (
        <>
          <p className={classes.wrong}>{t('samples.wrongForm', { task: taskText(task) })}</p>
          <ul className={classes.examples}>
            {reading.examples.map((example) => (
              <li key={example}>
                <button type="button" onClick={() => onExample(example)}>
                  {example}
                </button>
              </li>
            ))}
          </ul>
        </>
      );
  }
}
