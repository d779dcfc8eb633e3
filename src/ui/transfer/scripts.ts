import { SCRIPT_FILES, type Scripts } from '../../exchange/trl/bundle';

const FILES = import.meta.glob<string>('../../exchange/trl/scripts/*', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The scripts of a TRL bundle. */
export const scripts = Object.fromEntries(
  SCRIPT_FILES.map((file) => [file, FILES[`../../exchange/trl/scripts/${file}`]]),
) as Scripts;
