import { pairsBetween, withPairs } from '../../pipeline/lab/address';
import {
  configProblems,
  defaultLabConfig,
  type ConfigProblem,
  type LabConfig,
} from '../../pipeline/lab/config';
import { linkOf, parseLink } from '../../pipeline/lab/link';
import { PRECISIONS, precisionAskedFor } from '../../worker/precision';
import { MOST_THREADS, threadsAskedFor } from '../../worker/threads';
import { isLanguage, LANGUAGE_CODES, type LanguageCode } from '../i18n';
import { DEMOS, demoByName, withNamesIn, type DemoEntry } from '../lessons/demos';

/** What a link may be about besides the configuration. */
export interface LinkExtras {
  /** The demo that is open: the configuration is then given by what differs from it. */
  demo?: DemoEntry | undefined;
  lang?: LanguageCode | undefined;
}

/** The part of a link from `?` on: version and what differs from the defaults, or from the demo; empty if nothing does. */
export function searchOf(config: LabConfig, { demo, lang }: LinkExtras = {}): string {
  const pairs = demo
    ? pairsBetween(demo.config, withNamesIn(config, demo, 'en'))
    : pairsBetween(defaultLabConfig(), config);
  return linkOf({ demo: demo?.name, lang: lang === 'en' ? undefined : lang, pairs });
}

/** A part of a link that could not be used, and why. */
export type LinkProblem = ConfigProblem;

/**
 * Reads a link. Parts that are not valid are left at their default and reported; what is wrong only with the whole is
 * kept, and told by the configuration itself.
 */
export function configFrom(search: string): {
  config: LabConfig;
  problems: LinkProblem[];
  demo?: DemoEntry;
} {
  const { demo: name, lang, threads, precision, pairs, problem } = parseLink(search);
  if (problem) return { config: defaultLabConfig(), problems: [problem] };
  const demo = demoByName(name ?? null);
  const { config, problems } = withPairs(demo?.config ?? defaultLabConfig(), pairs);
  const choice = (path: string, options: readonly string[], got: string): LinkProblem => ({
    path,
    message: { code: 'value.choice', values: { options, got } },
  });
  const page: LinkProblem[] = [
    ...(name !== undefined && !demo
      ? [
          choice(
            'demo',
            DEMOS.map((d) => d.name),
            name,
          ),
        ]
      : []),
    ...(lang !== undefined && !isLanguage(lang) ? [choice('lang', LANGUAGE_CODES, lang)] : []),
    ...(precision !== undefined && precisionAskedFor(search) === null
      ? [choice('precision', PRECISIONS, precision)]
      : []),
    ...(threads !== undefined && threadsAskedFor(search) === null
      ? [
          {
            path: 'threads',
            message: {
              code: 'value.number',
              values: { whole: true, min: 1, max: MOST_THREADS, off: false, got: threads },
            },
          } as const,
        ]
      : []),
  ];
  const used = new Set(configProblems(config).map((p) => JSON.stringify(p)));
  const unused = problems.filter((p) => !used.has(JSON.stringify(p)));
  return { config, problems: [...page, ...unused], ...(demo ? { demo } : {}) };
}
