import '../pipeline/contract/no-eval';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import 'katex/dist/katex.min.css';
import './theme/global.css';
import { MantineProvider } from '@mantine/core';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import './i18n/start';
import { App } from './app/App';
import { Panel } from './panel/Panel';
import { actions } from './store/useLab';
import { cssVariablesResolver, theme } from './theme/theme';

/** `?bench` opens the benchmark instead of the lab. */
const bench = new URLSearchParams(location.search).has('bench');
const BenchPage = lazy(() => import('./bench/BenchPage'));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      {bench ? (
        <Suspense fallback={null}>
          <BenchPage />
        </Suspense>
      ) : (
        <Panel>
          <App />
        </Panel>
      )}
    </MantineProvider>
  </StrictMode>,
);

if (!bench) void actions.open();
