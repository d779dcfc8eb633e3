import { version } from '../../../package.json';
import { actions, useLab } from '../store/useLab';

export interface Circumstances {
  /** The part of the page that failed. */
  panel: string;
  componentStack: string;
}

/** What somebody who is to find the fault has to know; plain text in English. */
export function reportOf(error: unknown, { panel, componentStack }: Circumstances): string {
  const commit = import.meta.env['VITE_COMMIT'] as string | undefined; // whoever builds the page may tell
  return [
    `Alignlet ${version}${commit ? ` (${commit})` : ''}`,
    `Part: ${panel}`,
    `Link: ${link()}`,
    `Backend: ${backend()}`,
    `Browser: ${navigator.userAgent}`,
    '',
    error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error),
    ...(componentStack ? ['', `Components:${componentStack}`] : []),
  ].join('\n');
}

/** The configuration; that of the address bar where the page cannot tell it any more. */
function link(): string {
  try {
    return actions.shareLink();
  } catch {
    return location.href;
  }
}

function backend(): string {
  const { engine, backend } = useLab.getState();
  if (engine.status !== 'ready') return `${backend}, ${engine.status}`;
  const { info } = engine.report;
  return `${info.backend}, ${info.kind}, ${info.adapter}`;
}
