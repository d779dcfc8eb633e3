import { Button, FileButton } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { messageOf } from '../../messages';
import type { Stored } from '../../storage/runs';
import { i18n } from '../i18n';
import { messageText } from '../i18n/dynamic';
import { keeper } from '../store/keep';
import { setView } from '../store/useView';
import { DeleteButton } from './DeleteButton';
import type { Moved } from './elsewhere';
import classes from './kept.module.css';
import { bytesText } from './words';

/** What is offered to be opened. */
const LAB_FILES = '.alignlet';

/** Room in the browser for this site, bytes. */
export interface Room {
  used?: number | undefined;
  quota?: number | undefined;
  persisted: boolean;
}

/** How much room there is, as far as the browser says. */
export async function roomOf(): Promise<Room> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    return { used: usage, quota, persisted: await navigator.storage.persisted() };
  } catch {
    return { persisted: true }; // nothing to ask for
  }
}

interface FootProps {
  stored: Stored;
  room: Room | undefined;
  busy: boolean;
  onChanged: () => void;
}

/** How much there is, what to do with all of it, and what became of that. */
export function Foot({ stored, room, busy, onChanged }: FootProps) {
  const { t } = useTranslation();
  const [moved, setMoved] = useState<Moved>();
  const [moving, setMoving] = useState(false);
  const isEmpty = stored.runs.length === 0 && stored.own.length === 0 && stored.bytes === 0;
  const move = (what: (elsewhere: typeof import('./elsewhere')) => Promise<Moved>) => {
    setMoving(true);
    void import('./elsewhere')
      .then(what)
      .catch((error: unknown): Moved => ({ what: 'failed', message: messageOf(error) }))
      .then(setMoved)
      .finally(() => {
        setMoving(false);
        onChanged();
      });
  };
  const own = bytesText(stored.bytes);
  const { used, quota, persisted = true } = room ?? {};
  return (
    <div className={classes.foot}>
      <p>
        {used !== undefined && quota !== undefined
          ? t('kept.room', { own, used: bytesText(used), quota: bytesText(quota) })
          : t('kept.noRoom', { own })}
        {room && persisted && used !== undefined && <span>{t('kept.persistent')}</span>}
      </p>
      <div className={classes.actions}>
        <Button size="compact-sm" variant="default" onClick={() => setView({ stored: false, runs: true })}>
          {t('view.runs')}
        </Button>
        {!persisted && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => void navigator.storage.persist().then(onChanged)}
          >
            {t('kept.persist')}
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          disabled={moving || isEmpty}
          onClick={() => move(({ exportAll }) => exportAll())}
        >
          {t('kept.exportAll')}
        </Button>
        <FileButton
          accept={`${LAB_FILES},.zip`}
          onChange={(file) => file && move(({ importAll }) => importAll(file))}
        >
          {(props) => (
            <Button size="compact-sm" variant="default" disabled={moving || busy} {...props}>
              {t('kept.import')}
            </Button>
          )}
        </FileButton>
        {!isEmpty && (
          <DeleteButton
            label={t('kept.deleteAll')}
            about={busy ? t('kept.busy') : t('kept.deleteAll')}
            disabled={busy}
            onDelete={async () => (await keeper())?.deleteAll()}
          />
        )}
      </div>
      {moved && (
        <p
          className={classes.moved}
          data-bad={moved.what === 'failed' || undefined}
          data-moved={moved.what}
          role={moved.what === 'failed' ? 'alert' : 'status'}
        >
          {movedText(moved)}
        </p>
      )}
    </div>
  );
}

function movedText(moved: Moved): string {
  const { t } = i18n;
  switch (moved.what) {
    case 'saved':
      return t('kept.saved', { file: moved.file });
    case 'failed':
      return t('kept.failed', { message: messageText(moved.message) });
    case 'in': {
      const { runs, results, own, leftOut, isStored } = moved;
      const counts = { runs: String(runs), results: String(results), own: String(own) };
      return [
        t(isStored ? 'kept.in' : 'kept.notIn', counts),
        ...(leftOut > 0 ? [t('kept.leftOut', { number: String(leftOut) })] : []),
      ].join(' ');
    }
  }
}
