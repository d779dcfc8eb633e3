import { Kbd } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './header.module.css';

const KEYS = [
  ['space', 'Space'],
  ['s', 'S'],
  ['r', 'R'],
  ['undo', 'Ctrl Z'],
  ['i', 'I'],
  ['p', 'P'],
  ['arrows', '← →'],
  ['question', '?'],
] as const;

const READING = ['solid', 'dashed', 'colour', 'stale', 'link'] as const;

/** Shortcuts, and how to read the page. */
export function Help() {
  const { t } = useTranslation();
  return (
    <div className={classes.help}>
      <h2>{t('help.shortcuts')}</h2>
      <dl>
        {KEYS.map(([name, key]) => (
          <div key={name}>
            <dt>
              <Kbd size="xs">{key}</Kbd>
            </dt>
            <dd>{t(`help.keys.${name}`)}</dd>
          </div>
        ))}
      </dl>
      <h2>{t('help.reading')}</h2>
      <ul>
        {READING.map((name) => (
          <li key={name}>{t(`help.${name}`)}</li>
        ))}
      </ul>
      {import.meta.env.MODE === 'production' && ( // the build writes them
        <p>
          <a href="./third-party-licences.txt" target="_blank" rel="noreferrer">
            {t('help.licences')}
          </a>
        </p>
      )}
    </div>
  );
}
