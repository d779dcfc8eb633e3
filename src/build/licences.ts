import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { licensePlugin, type LicenseInfo } from 'rolldown-license-plugin';
import type { Plugin } from 'vite';

/** Where the notices lie beside the page. */
export const NOTICES = 'third-party-licences.txt';

/** SPDX identifiers of licences that ask for no more than their notice. Any other one stops the build. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'OFL-1.1',
]);

/** Whether all parts of an SPDX expression (`MIT AND ISC`) are allowed; of any other form none is. */
export const isAllowed = (license: string): boolean =>
  license.split(' AND ').every((part) => ALLOWED.has(part));

/** Compiled into binaries of the repository, which the bundler cannot look into: AssemblyScript's library. */
const COMPILED_IN = ['assemblyscript'];

const require = createRequire(import.meta.url);
const RULE = `\n\n${'-'.repeat(80)}\n\n`;

/**
 * Plugins that gather what is bundled, from the page and from its workers, and write the notices beside the page.
 * Workers are bundled on their own, before the page is.
 */
export function licences(): { page: Plugin; worker: () => Plugin[] } {
  const found = new Map<string, LicenseInfo>();
  const keep = (packages: LicenseInfo[]) => {
    for (const info of packages) found.set(`${info.name}@${info.version}`, info);
  };
  const checked = {
    allow: ({ license }: LicenseInfo) => isAllowed(license),
    failOnViolation: true,
    failOnUnlicensed: true,
  };
  const page = licensePlugin({
    ...checked,
    done(packages, context) {
      keep(packages);
      keep(COMPILED_IN.map(infoOf));
      context.emitFile({ type: 'asset', fileName: NOTICES, source: notices([...found.values()]) });
    },
  });
  return {
    page: { ...page, apply: 'build' } as Plugin,
    worker: () => [{ ...licensePlugin({ ...checked, done: keep }), apply: 'build' } as Plugin],
  };
}

/** The text of all notices, this program's own first. It begins with a mark that says it is UTF-8. */
export function notices(packages: readonly LicenseInfo[]): string {
  const own = readFileSync(new URL('../../LICENSE', import.meta.url), 'utf8').trim();
  const sorted = packages.toSorted((a, b) => a.name.localeCompare(b.name));
  return `\uFEFF${[own, 'It is built with the following packages.', ...sorted.map(notice)].join(RULE)}\n`;
}

function notice(info: LicenseInfo): string {
  return `${info.name} ${info.version} (${info.license})\n\n${info.licenseText.trim() || standardText(info)}`;
}

/** The licence's own text for a package that carries no copy of it, and whom the package names as its author. */
function standardText({ name, license }: LicenseInfo): string {
  const { licenseText } = require(`spdx-license-list/licenses/${license}.json`) as { licenseText: string };
  const { author } = require(`${name}/package.json`) as { author?: string | { name: string } };
  const who = typeof author === 'string' ? author : author?.name;
  const terms = licenseText.replace(/^.*<year>.*\n+/m, '').trim(); // a line to be filled in by the holder
  return `${who ? `Author: ${who}\n\n` : ''}${terms}`;
}

/** A package by name. What its NOTICE says is passed on as well, as the Apache License asks. */
function infoOf(name: string): LicenseInfo {
  const { version, license } = require(`${name}/package.json`) as { version: string; license: string };
  const folder = dirname(require.resolve(`${name}/package.json`));
  const texts = ['LICENSE', 'NOTICE'].map((file) => join(folder, file)).filter((file) => existsSync(file));
  return { name, version, license, licenseText: texts.map((file) => readFileSync(file, 'utf8')).join('\n') };
}
