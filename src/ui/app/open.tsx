import { actions } from '../store/useLab';
import { Panel } from '../panel/Panel';
import { App } from './App';

void actions.open(); // workers start while the page is drawn

/** The page, and the lab behind it. */
export const Page = () => (
  <Panel>
    <App />
  </Panel>
);
