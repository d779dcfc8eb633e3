import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { goldMargin, type Label } from '../../pipeline/data/labels';
import {
  agreementBetween,
  goldAgreement,
  peopleOf,
  pooled,
  selfAgreement,
  type Agreement,
} from '../../pipeline/measures/label-agreement';
import { taskByName } from '../../world';
import { i18n } from '../i18n';
import { percent } from '../i18n/format';
import classes from './labeler.module.css';

interface Line extends Agreement {
  with: string;
}

/** What can be compared; people by name where there are several. */
export function linesOf(labels: readonly Label[], task: string): Line[] {
  const margin = (label: Label) => goldMargin(taskByName(task), label);
  const people = peopleOf(labels);
  const several = people.length > 1;
  const each = several ? people : [];
  const of = (who: string) => labels.filter((label) => label.who === who);
  const between = agreementBetween(labels);
  return [
    { with: i18n.t('labeler.agreement.gold'), ...goldAgreement(labels, margin) },
    ...each.map((who) => ({
      with: i18n.t('labeler.agreement.goldOf', { who }),
      ...goldAgreement(of(who), margin),
    })),
    { with: i18n.t('labeler.agreement.self'), ...selfAgreement(labels) },
    ...each.map((who) => ({ with: i18n.t('labeler.agreement.selfOf', { who }), ...selfAgreement(of(who)) })),
    ...between.map(({ who: [a, b], ...rest }) => ({
      with: i18n.t('labeler.agreement.between', { a, b }),
      ...rest,
    })),
    ...(between.length > 1 ? [{ with: i18n.t('labeler.agreement.pooled'), ...pooled(between) }] : []),
  ].filter((line) => line.of + line.ties > 0);
}

/** With the true reward, with oneself, between people; with counts and intervals. */
export function Agreements({ labels, task }: { labels: readonly Label[]; task: string }) {
  const { t } = useTranslation();
  const lines = useMemo(() => linesOf(labels, task), [labels, task]);
  return (
    <section className={classes.box} aria-label={t('labeler.agreement.title')} data-agreements>
      <h3>{t('labeler.agreement.title')}</h3>
      {lines.length === 0 ? (
        <p className={classes.about}>{t('labeler.agreement.none')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>{t('labeler.agreement.with')}</th>
              <th>{t('labeler.agreement.share')}</th>
              <th>{t('labeler.agreement.interval')}</th>
              <th>{t('labeler.agreement.counts')}</th>
              <th>{t('labeler.agreement.ties')}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ with: name, same, of, ties, interval }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <b>{of > 0 ? percent(same / of) : '–'}</b>
                </td>
                <td>{interval ? `${percent(interval.low)} – ${percent(interval.high)}` : '–'}</td>
                <td>
                  {same} / {of}
                </td>
                <td>{ties}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className={classes.about}>{t('labeler.agreement.about')}</p>
    </section>
  );
}
