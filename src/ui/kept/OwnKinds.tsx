import { useTranslation } from 'react-i18next';
import type { ListedKind } from '../../storage/runs';
import { language } from '../i18n';
import { own } from '../store/own';
import { DeleteButton } from './DeleteButton';
import classes from './kept.module.css';
import { bytesText } from './words';

/** What a person made, kind by kind. */
export function OwnKinds({ kinds }: { kinds: readonly ListedKind[] }) {
  const { t } = useTranslation();
  if (kinds.length === 0) return null;
  return (
    <table className={classes.runs}>
      <thead>
        <tr>
          <th>{t('kept.own')}</th>
          <th>{t('kept.changed')}</th>
          <th data-number>{t('kept.size')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {kinds.map(({ kind, count, bytes, changed }) => {
          const name = t(`kept.kinds.${kind}`);
          return (
            <tr key={kind} data-own={kind}>
              <th scope="row">
                <b>{name}</b>
                <span>{t('kept.things', { number: String(count) })}</span>
              </th>
              <td>
                {new Date(changed).toLocaleString(language(), { dateStyle: 'medium', timeStyle: 'short' })}
              </td>
              <td data-number>{bytesText(bytes)}</td>
              <td data-actions>
                <div className={classes.actions}>
                  <DeleteButton
                    label={t('kept.delete')}
                    about={t('kept.deleteName', { name })}
                    disabled={false}
                    sure={t('kept.sureOwn')}
                    onDelete={() => own.deleteAll(kind, name)}
                  />
                </div>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
