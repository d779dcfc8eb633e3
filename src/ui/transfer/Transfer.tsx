import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { messageText } from '../i18n/dynamic';
import { useLab } from '../store/useLab';
import { setView, useView } from '../store/useView';
import { LabSection } from './LabSection';
import { ChartsSection, NumbersSection } from './NumbersSections';
import { DataSection, ModelsSection } from './ModelsSections';
import classes from './transfer.module.css';
import { useSaving, type Saving } from './useSaving';
import './words';

const close = () => setView({ transfer: false, dropped: null });

/** Everything that leaves the page, and what comes back. */
export function Transfer() {
  const { t } = useTranslation();
  const opened = useView((s) => s.transfer);
  const replay = useLab((s) => s.replay !== null);
  const busy = useLab((s) => s.state !== 'idle');
  const { saving, save } = useSaving();
  const isWorking = saving.status === 'working';
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="46rem"
      title={t('transfer.title')}
      closeButtonProps={{ 'aria-label': t('notice.close') }}
      classNames={{ title: classes.title!, body: classes.body! }}
    >
      {(busy || replay) && (
        <p className={classes.notice} role="status">
          {t(busy ? 'transfer.busy' : 'transfer.replay')}
        </p>
      )}
      <LabSection save={save} disabled={isWorking} onOpened={close} />
      <NumbersSection save={save} disabled={isWorking} />
      <ChartsSection save={save} disabled={isWorking} />
      <ModelsSection save={save} disabled={isWorking || replay} />
      <DataSection save={save} disabled={isWorking || replay} />
      <Outcome saving={saving} />
    </Modal>
  );
}

/** What has become of the last thing that was to be saved; stays in sight. */
function Outcome({ saving }: { saving: Saving }) {
  const { t } = useTranslation();
  return (
    <div
      className={classes.outcome}
      role={saving.status === 'failed' ? 'alert' : 'status'}
      data-outcome={saving.status}
    >
      {saving.status === 'working' && t('transfer.working')}
      {saving.status === 'saved' && t('transfer.saved', { file: saving.file })}
      {saving.status === 'failed' && t('transfer.failed', { message: messageText(saving.message) })}
      {saving.status === 'saved' && saving.notices.length > 0 && (
        <>
          {' '}
          {t('transfer.data.refused')}
          <ul>
            {saving.notices.map((notice, i) => (
              <li key={i}>{messageText(notice)}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
