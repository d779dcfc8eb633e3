import { useTranslation } from 'react-i18next';
import { metricText } from '../i18n/dynamic';
import { brief } from '../i18n/format';
import { useLab } from '../store/useLab';
import { useStageName } from '../store/useStageName';
import classes from './rail.module.css';
import { stepNumbers } from './step-numbers';

/** While the run is paused: the numbers of exactly the update that every stage has reached. */
export function StepTable() {
  const { t } = useTranslation();
  const nameOf = useStageName();
  const stages = useLab((s) => s.stages);
  const paused = stages.filter(({ status }) => status === 'paused');
  const waiting = stages.filter(({ status }) => status === 'queued');
  return (
    <section className={classes.steps} aria-label={t('stage.step.title')} tabIndex={0}>
      {paused.map((stage) => {
        const numbers = stepNumbers(stage);
        if (!numbers) return null;
        const { update, updates, every, metrics, measured } = numbers;
        return (
          <div key={stage.id} data-step={stage.id} data-update={update}>
            <h3>
              {nameOf(stage)}{' '}
              <small>{t('stage.step.of', { update: String(update), updates: String(updates) })}</small>
            </h3>
            <dl>
              {metrics.map(([name, value]) => (
                <div key={name} title={metricText(name)}>
                  <dt>{name}</dt>
                  <dd>{brief(value)}</dd>
                </div>
              ))}
            </dl>
            <p>
              {every > 1 && `${t('stage.step.every', { every: String(every) })} `}
              {measured !== undefined && t('stage.step.measured', { update: String(measured) })}
            </p>
          </div>
        );
      })}
      {waiting.length > 0 && (
        <p>
          {t('stage.step.waiting', { names: waiting.map((stage) => nameOf(stage)).join(t('status.comma')) })}
        </p>
      )}
    </section>
  );
}
