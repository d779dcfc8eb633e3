import { TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { separated } from '../i18n/list';
import { nearestWords, WORDS } from './nearest';
import classes from './own.module.css';

/** Every word that there is; of a word that there is not, those that are written most like it. */
export function WordsTab() {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const found = useMemo(() => WORDS.filter((word) => word.includes(wanted)), [wanted]);
  const near = useMemo(() => (wanted && !WORDS.includes(wanted) ? nearestWords(wanted, 5) : []), [wanted]);
  return (
    <div className={classes.data}>
      <p className={classes.about}>{t('own.words.about', { n: String(WORDS.length) })}</p>
      <TextInput
        size="xs"
        label={t('own.words.search')}
        value={search}
        maxLength={40}
        onChange={(e) => setSearch(e.currentTarget.value)}
      />
      {near.length > 0 && (
        <p className={classes.verdict} role="status">
          {t('own.words.near', { word: wanted, words: separated(near) })}
        </p>
      )}
      <ul className={classes.list} tabIndex={0} aria-label={t('own.tabs.words')} data-words={found.length}>
        {found.map((word) => (
          <li key={word}>{word}</li>
        ))}
      </ul>
    </div>
  );
}
