import '../pipeline/contract/no-eval';
import '@fontsource-variable/inter/wght.css';
import '@mantine/core/styles.css';
import './theme/global.css';
import { MantineProvider } from '@mantine/core';
import { StrictMode, type ComponentType } from 'react';
import { createRoot } from 'react-dom/client';
import { openingLanguage, speak } from './i18n/choose';
import { Shell } from './shell/Shell';
import { choose } from './store/useView';
import { cssVariablesResolver, theme } from './theme/theme';

/** `?bench` opens the benchmark instead of the lab. */
const page: Promise<ComponentType> = new URLSearchParams(location.search).has('bench')
  ? import('./bench/BenchPage').then((bench) => bench.default)
  : import('./app/open').then(({ Page }) => Page);

const root = createRoot(document.getElementById('root')!);

function draw(Page: ComponentType): void {
  root.render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
        <Page />
      </MantineProvider>
    </StrictMode>,
  );
}

// in the right language from the first picture on
void choose(openingLanguage(location.search), speak).then(async () => {
  draw(Shell);
  draw(await page.catch((error: unknown) => () => <Shell failure={error} />));
});
