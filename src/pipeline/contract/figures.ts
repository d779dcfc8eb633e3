/**
 * Names of the figures in summaries. A figure is declared once, by the measure or stage that yields it; its name may
 * carry one variation:
 *
 * | written                 | read as                                                       |
 * |-------------------------|---------------------------------------------------------------|
 * | `gold`, `peak.gold`     | a declared figure                                             |
 * | `gold.64`, `kl.0.5`     | at a point of a ladder (n of best-of-n, β of a tilt)          |
 * | `winRate@0.5`           | at a sampling temperature                                     |
 * | `winRate/dpo`           | against another arm                                           |
 * | `accuracy.opposite`     | of one part of what is measured                               |
 * | `reward.accuracy`       | of a stage of the trunk under the arm                         |
 * | `<stage or arm>.<name>` | in claims: whose figure it is (`splitOwner`)                  |
 */
export interface FigureName {
  /** As declared. */
  base: string;
  point?: number;
  temperature?: number;
  opponent?: string;
  part?: string;
  /** The trunk stage that has it, where the name is read under an arm. */
  stage?: string;
}

export type Variation = 'point' | 'temperature' | 'opponent' | 'part';

/** Tables of the results, in their order; what belongs to none of the special ones stands in `main`. */
export const FIGURE_GROUPS = ['main', 'pairs', 'steps', 'peak', 'labelers', 'tax', 'cost'] as const;
export type FigureGroup = (typeof FIGURE_GROUPS)[number];

/** What is known of a figure besides its value. */
export interface FigureInfo {
  /** Shares are written in per cent. */
  kind: 'share' | 'reward' | 'nats' | 'count' | 'number';
  unit?: string;
  /** Always with its sign; a reward is. */
  signed?: true;
  /** Digits after the point. */
  digits: number;
  /** Where bars begin and end; default: as far as the values reach, zero included. */
  range?: readonly [number, number];
  /** Default: main. */
  group?: FigureGroup;
  /** Compares an arm with what it started from: says nothing of a model that is measured as it is. */
  relative?: true;
  /** Variations that its name may carry. */
  varies?: readonly Variation[];
  /** The setting (stage, name) whose options are its parts. */
  parts?: readonly [stage: string, setting: string];
  /** A value above this says no more than that it is above. */
  atMost?: number;
  /**
   * When it stands in a summary. Default: always. `sometimes`: it depends on settings, on the task or on what happened;
   * `{ with }`: wherever the named figure does. A stored result that lacks a figure is measured again.
   */
  when?: 'sometimes' | { readonly with: string };
}

export type FigureDeclarations = Readonly<Record<string, FigureInfo>>;

type More = Partial<Omit<FigureInfo, 'kind'>>;

export const share = (more: More = {}): FigureInfo => ({ kind: 'share', digits: 0, range: [0, 1], ...more });
export const rewardFigure = (more: More = {}): FigureInfo => ({
  kind: 'reward',
  digits: 2,
  signed: true,
  ...more,
});
export const nats = (more: More = {}): FigureInfo => ({ kind: 'nats', unit: 'nats', digits: 1, ...more });
export const amount = (unit: string, more: More = {}): FigureInfo => ({
  kind: 'count',
  unit,
  digits: 1,
  ...more,
});
export const numeric = (digits: number, more: More = {}): FigureInfo => ({ kind: 'number', digits, ...more });

/** The same figure where it does not stand in every summary. */
export const sometimes = (info: FigureInfo): FigureInfo => ({ ...info, when: 'sometimes' });

/** Figures that are declared, that have to be there given those that are, and are not. */
export const missingFigures = (
  declared: FigureDeclarations,
  there: Readonly<Record<string, unknown>>,
): string[] =>
  Object.entries(declared).flatMap(([name, { when }]) => {
    const expected = when === undefined || (when !== 'sometimes' && Object.hasOwn(there, when.with));
    return expected && !Object.hasOwn(there, name) ? [name] : [];
  });

/** Writes a name; `parseFigure` reads it again. */
export function formatFigure({ base, point, temperature, opponent, part, stage }: FigureName): string {
  return (
    (stage === undefined ? '' : `${stage}.`) +
    base +
    (part === undefined ? '' : `.${part}`) +
    (point === undefined ? '' : `.${point}`) +
    (temperature === undefined ? '' : `@${temperature}`) +
    (opponent === undefined ? '' : `/${opponent}`)
  );
}

/** What names can be made of. */
export interface FigureVocabulary {
  figures: FigureDeclarations;
  /** Stages whose figures are read under an arm. */
  stages: readonly string[];
}

/** Takes a name apart; a name that is not made of declared ones is its own base. */
export function parseFigure(name: string, vocabulary: FigureVocabulary): FigureName {
  const { figures, stages } = vocabulary;
  if (Object.hasOwn(figures, name)) return { base: name };
  const { owner, figure } = splitOwner(name);
  if (owner && stages.includes(owner))
    return { ...parseFigure(figure, { figures, stages: [] }), stage: owner };
  for (const [base, { varies = [] }] of Object.entries(figures)) {
    if (!name.startsWith(base)) continue;
    for (const variation of varies) {
      const read = READERS[variation](name.slice(base.length));
      if (read) return { base, ...read };
    }
  }
  return { base: name };
}

/** A number as `formatFigure` would write it. */
const canonical = (text: string | undefined): number | undefined =>
  text !== undefined && String(Number(text)) === text && Number.isFinite(Number(text))
    ? Number(text)
    : undefined;

const READERS: Record<Variation, (tail: string) => Omit<FigureName, 'base'> | undefined> = {
  point: (tail) => {
    const point = canonical(/^\.(.+)$/.exec(tail)?.[1]);
    return point === undefined ? undefined : { point };
  },
  temperature: (tail) => {
    const temperature = canonical(/^@(.+)$/.exec(tail)?.[1]);
    return temperature === undefined ? undefined : { temperature };
  },
  opponent: (tail) => {
    const opponent = /^\/([a-z0-9-]+)$/.exec(tail)?.[1];
    return opponent === undefined ? undefined : { opponent };
  },
  part: (tail) => {
    const part = /^\.([a-zA-Z]\w*)$/.exec(tail)?.[1];
    return part === undefined ? undefined : { part };
  },
};

/** `ppo.gold.64` as whose figure it is and the figure; the owner is empty where the name has no dot. */
export function splitOwner(name: string): { owner: string; figure: string } {
  const dot = name.indexOf('.');
  return { owner: name.slice(0, Math.max(0, dot)), figure: name.slice(dot + 1) };
}
