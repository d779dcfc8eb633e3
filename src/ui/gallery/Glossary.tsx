import { Modal, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { glossary } from '../i18n/en/glossary';
import { setView, useView } from '../store/useView';
import classes from './gallery.module.css';
import './words';

export type Term = keyof typeof glossary.glossary.terms;

const TERMS = Object.keys(glossary.glossary.terms) as Term[];

export const isTerm = (key: string): key is Term => (TERMS as string[]).includes(key);

/** All terms with one line each, searchable; found in the language of the page and in English. */
export function Glossary() {
  const { t } = useTranslation();
  const term = useView((s) => s.term);
  const asked = (term ?? '').trim().toLowerCase();
  const found = TERMS.filter((key) =>
    [
      t(`glossary.terms.${key}.name`),
      t(`glossary.terms.${key}.text`),
      glossary.glossary.terms[key].name,
    ].some((text) => text.toLowerCase().includes(asked)),
  );
  return (
    <Modal
      opened={term !== null}
      onClose={() => setView({ term: null })}
      title={t('glossary.title')}
      size="36rem"
      closeButtonProps={{ 'aria-label': t('notice.close') }}
      classNames={{ title: classes.modalTitle! }}
    >
      <TextInput
        type="search"
        aria-label={t('glossary.search')}
        placeholder={t('glossary.search')}
        value={term ?? ''}
        data-autofocus
        onChange={(e) => setView({ term: e.currentTarget.value })}
      />
      <dl className={classes.terms}>
        {found.map((key) => (
          <div key={key} data-term={key}>
            <dt>{t(`glossary.terms.${key}.name`)}</dt>
            <dd>{t(`glossary.terms.${key}.text`)}</dd>
          </div>
        ))}
      </dl>
      {found.length === 0 && <p role="status">{t('glossary.none')}</p>}
    </Modal>
  );
}
