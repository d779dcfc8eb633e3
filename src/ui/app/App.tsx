import { useTranslation } from 'react-i18next';
import { Charts } from './Charts';
import { Gallery } from '../gallery/Gallery';
import { Glossary } from '../gallery/Glossary';
import { Side } from '../gallery/Side';
import { Header } from '../header/Header';
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
      <Header />
      <main className={classes.main}>
        <Notices />
        <StatusLine />
        <Rail />
        <div className={classes.body}>
          <SettingsPanel />
          <Charts />
          <Side />
        </div>
      </main>
      <Gallery />
      <Glossary />
      <Announcer />
    </div>
  );
}
