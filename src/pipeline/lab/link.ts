import type { ConfigProblem } from './config';
import type { Pair } from './address';

/** Version of the link format. */
const VERSION = '1';

/** How much of a link is read. */
const MOST = { characters: 65_536, changes: 1024 };

/** What a link may be about besides the configuration; `bench` opens the benchmark. */
const PAGE = ['v', 'demo', 'lang', 'threads', 'precision', 'bench'] as const;

/** What networks, mailers and messengers add to links that people send each other. */
const TRACKING =
  /^(utm_.+|msclkid|(fb|g|dc|tw|tt|y|wick)clid|gbraid|wbraid|gad_.+|gclsrc|mc_[ce]id|igshid|igsh|_ga|_gl|_hs(enc|mi)|li_fat_id|epik|scid|vero_id|oly_(anon|enc)_id|s_kwcid|mkt_tok|spm|share_token|isappinstalled|nsukey)$/i;

/** A link, taken apart. */
export interface Link {
  /** Absent: the free lab. */
  demo: string | undefined;
  lang: string | undefined;
  threads: string | undefined;
  precision: string | undefined;
  /** What differs from the demo, or from the defaults. */
  pairs: Pair[];
  /** Why nothing of it can be used. */
  problem?: ConfigProblem;
}

/** Takes a link apart: a whole one, or what follows its `?`. */
export function parseLink(link: string): Link {
  const query = link.slice(link.indexOf('?') + 1).replace(/#.*$/, '');
  if (query.length > MOST.characters) return tooLong('characters');
  const all = [...new URLSearchParams(query)];
  if (all.length > MOST.changes) return tooLong('changes');
  const of = (name: string) => all.find(([path]) => path === name)?.[1];
  const version = of('v');
  return {
    demo: of('demo'),
    lang: of('lang'),
    threads: of('threads'),
    precision: of('precision'),
    pairs: all.filter(([path]) => !(PAGE as readonly string[]).includes(path) && !TRACKING.test(path)),
    ...(version === undefined || version === VERSION
      ? {}
      : {
          problem: {
            path: 'v',
            message: { code: 'link.version', values: { expected: VERSION, got: version } },
          },
        }),
  };
}

const tooLong = (what: keyof typeof MOST): Link => ({
  ...{ demo: undefined, lang: undefined, threads: undefined, precision: undefined, pairs: [] },
  problem: { path: '?', message: { code: 'link.tooLong', values: { max: MOST[what], what } } },
});

/** A link from `?` on; empty if it is about nothing. */
export function linkOf({ demo, lang, pairs }: Pick<Link, 'demo' | 'lang' | 'pairs'>): string {
  const parts = [
    ...(demo ? [['demo', demo] as const] : []),
    ...(lang ? [['lang', lang] as const] : []),
    ...pairs,
  ];
  if (parts.length === 0) return '';
  const search = new URLSearchParams([
    ['v', VERSION],
    ...parts.map(([path, text]) => [path, text]),
  ]).toString();
  return `?${search.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%40', '@')}`;
}
