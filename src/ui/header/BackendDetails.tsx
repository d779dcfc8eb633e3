import { Popover, SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { messageText } from '../i18n/dynamic';
import { useOpened, type OpensProps } from '../panel/Opener';
import type { BackendChoice } from '../store/session';
import { actions, useLab } from '../store/useLab';
import classes from './header.module.css';

const CHOICES: readonly BackendChoice[] = ['auto', 'webgpu', 'webgl', 'wasm', 'cpu'];

/** Why the training runs there, and where else it may. */
export function BackendDetails({ speedText, button }: { speedText: string } & OpensProps) {
  const { t } = useTranslation();
  const engine = useLab((s) => s.engine);
  const choice = useLab((s) => s.backend);
  const idle = useLab((s) => s.state === 'idle');
  const report = engine.status === 'ready' ? engine.report : null;
  const [opened, setOpened] = useOpened();
  return (
    <Popover position="bottom-end" width={360} withRoles opened={opened} onChange={setOpened}>
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown className={classes.backend}>
        {report && (
          <>
            <h2>{t('backend.adapter')}</h2>
            <p>
              {report.info.words ? messageText(report.info.words) : report.info.adapter} (
              {t(`backend.kinds.${report.info.kind}`)})
            </p>
            <h2>{t('backend.speed')}</h2>
            <p>{speedText || t('backend.noSpeed')}</p>
            <h2>{t('backend.considered')}</h2>
            <dl>
              {report.considered.map((c, i) => (
                <div key={i}>
                  <dt>
                    {t(`backend.names.${c.backend}`)}, {t(`backend.kinds.${c.kind}`)}
                  </dt>
                  <dd>{messageText(c.reason)}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
        {engine.status === 'failed' && <p role="alert">{messageText(engine.message)}</p>}
        <h2>{t('backend.choose')}</h2>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t('backend.choose')}
          value={choice}
          disabled={!idle}
          onChange={(value) => void actions.chooseBackend(value as BackendChoice)}
          data={CHOICES.map((value) => ({ value, label: t(`backend.names.${value}`) }))}
        />
        {!idle && <p>{t('backend.busy')}</p>}
      </Popover.Dropdown>
    </Popover>
  );
}
