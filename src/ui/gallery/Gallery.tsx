import { Button, Modal } from '@mantine/core';
import { use } from 'react';
import { useTranslation } from 'react-i18next';
import { messageText, taskText } from '../i18n/dynamic';
import { language } from '../i18n';
import { actions, useLab } from '../store/useLab';
import { setView, useView } from '../store/useView';
import { BROKEN_DEMOS, DEMOS, lessonOf, loadLessons, wordsOfDemo, type DemoEntry } from '../lessons/demos';
import classes from './gallery.module.css';

const close = () => setView({ gallery: false });

/** All lessons as cards. */
export function Gallery() {
  const { t } = useTranslation();
  use(loadLessons(language()));
  const opened = useView((s) => s.gallery);
  const idle = useLab((s) => s.state === 'idle');
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="64rem"
      title={t('gallery.title')}
      closeButtonProps={{ 'aria-label': t('notice.close') }}
      classNames={{ title: classes.modalTitle! }}
    >
      <p className={classes.about}>{t('gallery.about')}</p>
      {!idle && (
        <p className={classes.busy} role="alert">
          {t('gallery.busy')}
        </p>
      )}
      <ul className={classes.cards}>
        {DEMOS.map((demo, i) => (
          <Card key={demo.name} demo={demo} number={i + 1} idle={idle} />
        ))}
        {BROKEN_DEMOS.map(({ name, message }) => (
          <li key={name} className={classes.card}>
            <h3>{name}</h3>
            <p role="alert">{t('gallery.broken', { message: messageText(message) })}</p>
          </li>
        ))}
        <li className={classes.card}>
          <h3>{t('gallery.free')}</h3>
          <p>{t('gallery.freeAbout')}</p>
          <div className={classes.cardEnd}>
            <span />
            <Button
              size="compact-sm"
              variant="default"
              disabled={!idle}
              aria-label={`${t('gallery.choose')}: ${t('gallery.free')}`}
              onClick={() => {
                actions.openFreeLab();
                close();
              }}
            >
              {t('gallery.choose')}
            </Button>
          </div>
        </li>
      </ul>
    </Modal>
  );
}

function Card({ demo, number, idle }: { demo: DemoEntry; number: number; idle: boolean }) {
  const { t } = useTranslation();
  const current = useLab((s) => s.demo === demo.name);
  const { title, summary } = wordsOfDemo(demo, language());
  const compares = lessonOf(demo, language())?.compares;
  return (
    <li className={classes.card} data-demo={demo.name} data-current={current || undefined}>
      <h3>
        <span className={classes.number}>{number}</span> {title}
      </h3>
      <p>{summary}</p>
      {compares && (
        <p className={classes.compares}>
          <b>{t('gallery.compares')}</b> {compares}
        </p>
      )}
      <div className={classes.cardEnd}>
        <span className={classes.tags}>
          <span>{taskText(demo.config.task)}</span>
          <span>{t('gallery.arms', { count: demo.config.arms.length })}</span>
          {current && <span>{t('gallery.current')}</span>}
        </span>
        <Button
          size="compact-sm"
          variant="default"
          disabled={!idle}
          aria-label={`${t('gallery.choose')}: ${title}`}
          onClick={() => {
            actions.openDemo(demo);
            close();
          }}
        >
          {t('gallery.choose')}
        </Button>
      </div>
    </li>
  );
}
