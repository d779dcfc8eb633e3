import { isOutdated, keepForOffline, onNewVersion } from '../offline/version';
import { Panel } from '../panel/Panel';
import { actions, useLab } from '../store/useLab';
import { setView } from '../store/useView';
import { App } from './App';

const newVersion = () => setView({ newVersion: true });

onNewVersion(newVersion);
useLab.subscribe(({ engine }, before) => {
  if (engine === before.engine) return;
  if (engine.status === 'ready') void keepForOffline();
  // scripts of workers and what they import are the first to be missed
  if (engine.status === 'failed') void isOutdated().then((is) => is && newVersion());
});
void actions.open(); // workers start while the page is drawn

/** The page, and the lab behind it. */
export const Page = () => (
  <Panel>
    <App />
  </Panel>
);
