/**
 * Asks the registry for known vulnerabilities of what is shipped. Fails on those that are high or critical; says so,
 * and does not fail, where the audit service does not answer: a mirror of the registry often has none.
 */
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const GRAVE = ['high', 'critical'];

/**
 * What `npm audit --json` has found.
 * @param {string} text its output
 * @returns {{ status: 'clean' | 'vulnerable' | 'unanswered', lines: string[] }}
 */
export function judged(text) {
  let answer;
  try {
    answer = JSON.parse(text);
  } catch {
    return { status: 'unanswered', lines: ['what npm audit prints is no JSON'] };
  }
  const { vulnerabilities, message } = answer ?? {};
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null)
    return {
      status: 'unanswered',
      lines: [String(message ?? 'npm audit prints no vulnerabilities, not even none')],
    };
  const grave = Object.values(vulnerabilities).filter(({ severity }) => GRAVE.includes(severity));
  const lines = grave.map(({ name, severity, via = [] }) =>
    [`${name}: ${severity}`, ...via.flatMap((one) => one.title ?? [])].join('; '),
  );
  return { status: grave.length > 0 ? 'vulnerable' : 'clean', lines };
}

const SAID = {
  clean: 'audit: no known vulnerability of level high or above in what is shipped',
  vulnerable: 'audit: known vulnerabilities in what is shipped',
  unanswered: 'audit: NOT DONE, the audit service of this registry does not answer',
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    encoding: 'utf8',
    timeout: 120_000,
    shell: process.platform === 'win32',
  });
  const { status, lines } = judged(stdout ?? '');
  process.stdout.write([SAID[status], ...lines.map((line) => `  ${line}`), ''].join('\n'));
  process.exitCode = status === 'vulnerable' ? 1 : 0;
}
