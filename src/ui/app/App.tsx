import { Suspense, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Charts } from './Charts';
import { Side } from '../gallery/Side';
import { Header } from '../header/Header';
import { Panel } from '../panel/Panel';
import { Rail } from '../pipeline-rail/Rail';
import { useLab } from '../store/useLab';
import { useView } from '../store/useView';
import { Announcer } from './Announcer';
import classes from './app.module.css';
import { Notices } from './Notices';
import { useMicroscope } from '../store/useMicroscope';
import {
  fetchParts,
  gallery,
  glossary,
  keptNotices,
  own,
  ownGold,
  labeler,
  microscope,
  runsTable,
  settings,
  stepTable,
  storedWork,
  sweepBar,
  sweepForm,
  transfer,
} from './parts';
import { StatusLine } from './StatusLine';
import { takeDrops } from './drops';
import { useShortcuts } from './useShortcuts';

/** The whole page. */
export function App() {
  const { t } = useTranslation();
  useShortcuts();
  useEffect(takeDrops, []);
  useEffect(fetchParts, []);
  const paused = useLab((s) => s.state === 'paused');
  const galleryOpened = useView((s) => s.gallery);
  const transferOpened = useView((s) => s.transfer);
  const glossaryOpened = useView((s) => s.term !== null);
  const ownOpened = useView((s) => s.own !== null);
  const isRuled = useLab((s) => s.config.gold !== undefined);
  const storedOpened = useView((s) => s.stored);
  const labelerOpened = useView((s) => s.labeler);
  const runsOpened = useView((s) => s.runs);
  const sweepOpened = useView((s) => s.sweeping !== null);
  const microscopeOpened = useMicroscope((s) => s.subject !== null);
  return (
    <div className={classes.app}>
      <a className={classes.skip} href="#charts">
        {t('app.skip')}
      </a>
      <Panel name="header">
        <Header />
      </Panel>
      <main className={classes.main}>
        <Panel name="notices">
          <Notices />
          <Suspense>
            <keptNotices.Part />
            {isRuled && <ownGold.Part />}
            <sweepBar.Part />
          </Suspense>
        </Panel>
        <Panel name="status">
          <StatusLine />
        </Panel>
        <Panel name="pipeline">
          <Rail />
          {paused && (
            <Suspense>
              <stepTable.Part />
            </Suspense>
          )}
        </Panel>
        <div className={classes.body}>
          <Panel name="settings">
            <Suspense fallback={<div className={classes.coming} />}>
              <settings.Part />
            </Suspense>
          </Panel>
          <Panel name="charts">
            <Charts />
          </Panel>
          <Side />
        </div>
      </main>
      <Panel name="lessons">
        <OnceOpened opened={galleryOpened}>
          <gallery.Part />
        </OnceOpened>
      </Panel>
      <Panel name="glossary">
        <OnceOpened opened={glossaryOpened}>
          <glossary.Part />
        </OnceOpened>
      </Panel>
      <Panel name="stored">
        <OnceOpened opened={storedOpened}>
          <storedWork.Part />
        </OnceOpened>
      </Panel>
      <Panel name="own">
        <OnceOpened opened={ownOpened}>
          <own.Part />
        </OnceOpened>
      </Panel>
      <Panel name="labeler">
        <OnceOpened opened={labelerOpened}>
          <labeler.Part />
        </OnceOpened>
      </Panel>
      <Panel name="sweep">
        <OnceOpened opened={sweepOpened}>
          <sweepForm.Part />
        </OnceOpened>
        <OnceOpened opened={runsOpened}>
          <runsTable.Part />
        </OnceOpened>
      </Panel>
      <Panel name="transfer">
        <OnceOpened opened={transferOpened}>
          <transfer.Part />
        </OnceOpened>
      </Panel>
      <Panel name="samples">
        <OnceOpened opened={microscopeOpened}>
          <microscope.Part />
        </OnceOpened>
      </Panel>
      <Panel name="announcements">
        <Announcer />
      </Panel>
    </div>
  );
}

/** What is not there before it is opened for the first time. */
function OnceOpened({ opened, children }: { opened: boolean; children: ReactNode }) {
  const [wanted, setWanted] = useState(opened);
  if (opened && !wanted) setWanted(true);
  return wanted && <Suspense fallback={opened && <Opening />}>{children}</Suspense>;
}

/** In place of a dialogue that is on its way. */
function Opening() {
  const { t } = useTranslation();
  return (
    <p className={classes.opening} role="status">
      {t('app.opening')}
    </p>
  );
}
