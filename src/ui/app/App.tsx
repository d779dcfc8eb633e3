import { useTranslation } from 'react-i18next';
import { Charts } from './Charts';
import { Gallery } from '../gallery/Gallery';
import { Glossary } from '../gallery/Glossary';
import { Side } from '../gallery/Side';
import { Header } from '../header/Header';
import { Panel } from '../panel/Panel';
import { Rail } from '../pipeline-rail/Rail';
import { SettingsPanel } from '../settings/SettingsPanel';
import { Announcer } from './Announcer';
import classes from './app.module.css';
import { Notices } from './Notices';
import { StatusLine } from './StatusLine';
import { useShortcuts } from './useShortcuts';

/** The whole page. */
export function App() {
  const { t } = useTranslation();
  useShortcuts();
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
        </Panel>
        <Panel name="status">
          <StatusLine />
        </Panel>
        <Panel name="pipeline">
          <Rail />
        </Panel>
        <div className={classes.body}>
          <Panel name="settings">
            <SettingsPanel />
          </Panel>
          <Panel name="charts">
            <Charts />
          </Panel>
          <Side />
        </div>
      </main>
      <Panel name="lessons">
        <Gallery />
      </Panel>
      <Panel name="glossary">
        <Glossary />
      </Panel>
      <Panel name="announcements">
        <Announcer />
      </Panel>
    </div>
  );
}
