import { z } from 'zod';
import { message, MessageError, type Message } from '../../messages';
import { shapeProblems } from '../../messages/shape';
import { keyOf } from './key';

/**
 * A person's own data. It is named by the hash of its content (`ownKey`), and a configuration names it by nothing else:
 * a setting made by `ownSetting` holds the hash, so keys of results follow from the content. The lab sends what the
 * settings of a stage name along with its job; the stage reads it with `ownData`. Words are those of the vocabulary,
 * `<bos>` left out, `<eos>` at the end of an answer that ends.
 */

/** How much one piece of own data may hold. A file may come from anywhere. */
export const MOST_OWN = { rows: 100_000, words: 1000, letters: 5_000_000, source: 20_000, name: 100 };

const words = z.array(z.string().min(1).max(64)).max(MOST_OWN.words);
const rows = <T extends z.ZodType>(row: T) => z.array(row).min(1).max(MOST_OWN.rows);

/** Two answers to a prompt, and which of them somebody found better. */
export const ownPairSchema = z.strictObject({
  prompt: words,
  chosen: words,
  rejected: words,
  /** They found neither better; which one stands under `chosen` then means nothing. */
  tie: z.literal(true).optional(),
  /** Whose label it is: a name, initials. */
  who: z.string().max(MOST_OWN.name).optional(),
  /** Milliseconds since 1970. Part of the hash, as everything is: leave it out of what is trained on. */
  when: z.number().optional(),
});

/** One schema for each kind. */
export const OWN_SCHEMAS = {
  /** Comparisons. */
  pairs: z.strictObject({ kind: z.literal('pairs'), rows: rows(ownPairSchema) }),
  demonstrations: z.strictObject({
    kind: z.literal('demonstrations'),
    rows: rows(z.strictObject({ prompt: words, completion: words })),
  }),
  prompts: z.strictObject({ kind: z.literal('prompts'), rows: rows(z.strictObject({ prompt: words })) }),
  /** Running text to pretrain on. */
  text: z.strictObject({ kind: z.literal('text'), text: z.string().min(1).max(MOST_OWN.letters) }),
  /** Source of a function that scores an answer. */
  reward: z.strictObject({ kind: z.literal('reward'), source: z.string().min(1).max(MOST_OWN.source) }),
} as const;

export type OwnKind = keyof typeof OWN_SCHEMAS;
export const OWN_KINDS = Object.keys(OWN_SCHEMAS) as readonly OwnKind[];
export type OwnOf<K extends OwnKind> = z.infer<(typeof OWN_SCHEMAS)[K]>;
export type OwnData = { [K in OwnKind]: OwnOf<K> }[OwnKind];
export type OwnPair = z.infer<typeof ownPairSchema>;

/** Own data by its hash. */
export type OwnRecords = Readonly<Record<string, OwnData>>;

/** Where a lab finds own data by its hash. Undefined: it is not here. Never rejects. */
export interface OwnSource {
  own(hash: string): Promise<OwnData | undefined>;
}

/** The hash that names own data: 128 bits as hex. */
export const ownKey = (data: OwnData): string => keyOf(data);

/** What is wrong with a value that should be own data of some kind; undefined if nothing is. */
export function ownDataProblem(value: unknown): Message | undefined {
  const kind = (value as Partial<OwnData> | null | undefined)?.kind;
  const schema = OWN_KINDS.find((known) => known === kind);
  if (!schema) return message('own.kind', { known: OWN_KINDS });
  const [problem] = shapeProblems(OWN_SCHEMAS[schema], value);
  return problem && message('at', { path: problem.path, problem: problem.message });
}

/** What is wrong with records that may come from anywhere: of no kind, or not what their hash names. */
export function ownProblem(own: OwnRecords): Message | undefined {
  for (const [hash, data] of Object.entries(own)) {
    const problem = ownDataProblem(data);
    if (problem) return problem;
    if (ownKey(data) !== hash) return message('own.hash', { hash });
  }
  return undefined;
}

/**
 * Own data that a setting names. Throws a MessageError where the setting names none (null) or what it names is not here,
 * as with a link from another browser.
 */
export function ownData<K extends OwnKind>(
  { own }: { own?: OwnRecords | undefined },
  kind: K,
  hash: string | null,
): OwnOf<K> {
  if (hash === null) throw new MessageError(message('own.none', { kind }));
  const data = own && Object.hasOwn(own, hash) ? own[hash] : undefined;
  if (data?.kind !== kind) throw new MessageError(message('own.missing', { kind, hash }));
  return data as OwnOf<K>;
}
