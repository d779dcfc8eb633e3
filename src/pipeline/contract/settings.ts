import { z } from 'zod';
import type { Message } from '../../messages';
import { numberRange, shapeProblems, shown, unwrapped } from '../../messages/shape';
import type { OwnKind } from './own';

/** What a person needs to know about one hyperparameter; drives the form, the CLI help and the docs. */
export interface SettingInfo {
  /** Short name in words. */
  label: string;
  /** Symbol in the formula, as LaTeX; absent if it has none. */
  symbol?: string;
  /** Unit, for example "nats", "tokens"; absent for a pure number. */
  unit?: string;
  /** Usual range, both ends included. */
  typical?: readonly [number, number];
  /** One sentence: what happens when it grows. */
  effect: string;
  /** Shown only when all settings are asked for. */
  advanced?: boolean;
}

const infos = new WeakMap<z.ZodType, SettingInfo>();

function describe<T extends z.ZodType>(schema: T, info: SettingInfo): T {
  infos.set(schema, info);
  return schema;
}

/** A number setting with inclusive bounds. */
export const number = (fallback: number, min: number, max: number, info: SettingInfo) =>
  describe(z.number().min(min).max(max).default(fallback), info);

/** A whole-number setting with inclusive bounds. */
export const integer = (fallback: number, min: number, max: number, info: SettingInfo) =>
  describe(z.number().int().min(min).max(max).default(fallback), info);

/** A number that can be switched off (null). */
export const optionalNumber = (fallback: number | null, min: number, max: number, info: SettingInfo) =>
  describe(z.number().min(min).max(max).nullable().default(fallback), info);

/** A whole number that can be switched off (null). */
export const optionalInteger = (fallback: number | null, min: number, max: number, info: SettingInfo) =>
  describe(z.number().int().min(min).max(max).nullable().default(fallback), info);

export const flag = (fallback: boolean, info: SettingInfo) => describe(z.boolean().default(fallback), info);

export const choice = <const T extends readonly [string, ...string[]]>(
  options: T,
  fallback: T[number],
  info: SettingInfo,
) => describe(z.enum(options).default(fallback as never), info);

const ownKinds = new WeakMap<z.ZodType, OwnKind>();

/**
 * A person's own data of this kind, named by its hash (see `own.ts`); null: none. One that is null stands in no key, so a
 * stage may be given one without changing the keys of its results.
 */
export function ownSetting(kind: OwnKind, info: SettingInfo) {
  const hash = z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable()
    .default(null);
  ownKinds.set(hash, kind);
  return describe(hash, info);
}

/** Own data that the settings of a stage name. */
export const ownNamed = (
  schema: z.ZodObject,
  settings: Readonly<Record<string, unknown>>,
): { name: string; kind: OwnKind; hash: string }[] =>
  Object.entries(schema.shape).flatMap(([name, field]) => {
    const kind = ownKinds.get(field as z.ZodType);
    const hash = settings[name];
    return kind && typeof hash === 'string' ? [{ name, kind, hash }] : [];
  });

/** What a result depends on: the settings without own data that are not there. */
export const keyedSettings = (
  schema: z.ZodObject,
  settings: Record<string, unknown>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settings).filter(
      ([name, value]) => value !== null || !ownKinds.has(schema.shape[name] as z.ZodType),
    ),
  );

export type SettingKind =
  | { type: 'number' | 'integer'; min: number; max: number; nullable: boolean }
  | { type: 'flag' }
  | { type: 'choice'; options: readonly string[] }
  | { type: 'own'; of: OwnKind };

export interface SettingField {
  name: string;
  info: SettingInfo;
  kind: SettingKind;
  fallback: unknown;
}

/** The fields of a settings schema in order, for forms and help texts. Throws if a field was declared without info. */
export function settingFields(schema: z.ZodObject): SettingField[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const info = infos.get(field as z.ZodType);
    if (!info) throw new TypeError(`setting ${name} has no description`);
    return { name, info, kind: kindOf(field as z.ZodType), fallback: (field as z.ZodType).parse(undefined) };
  });
}

function kindOf(field: z.ZodType): SettingKind {
  const own = ownKinds.get(field);
  if (own) return { type: 'own', of: own };
  const range = numberRange(field);
  if (range) {
    const { whole, min, max, off } = range;
    return { type: whole ? 'integer' : 'number', min, max, nullable: off };
  }
  const { inner } = unwrapped(field);
  if (inner instanceof z.ZodBoolean) return { type: 'flag' };
  if (inner instanceof z.ZodEnum) return { type: 'choice', options: inner.options.map(String) };
  throw new TypeError('unknown kind of setting');
}

export interface SettingError {
  name: string;
  message: Message;
}

/** What is wrong with one setting by itself; undefined if nothing is. */
export function settingError(schema: z.ZodObject, name: string, value: unknown): Message | undefined {
  if (!Object.hasOwn(schema.shape, name)) return { code: 'name.notSetting', values: {} };
  const problems = shapeProblems(schema.shape[name] as z.ZodType, value);
  return problems[0]?.message;
}

/** Everything that is wrong with the settings of a stage, each problem under the name of its setting. */
export function settingErrors(schema: z.ZodObject, values: unknown): SettingError[] {
  if (typeof values !== 'object' || values === null)
    return [
      { name: '', message: { code: 'value.type', values: { expected: 'object', got: shown(values) } } },
    ];
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(schema.shape, name));
  return [
    ...shapeProblems(schema.strip(), values).map(({ path, message }) => ({ name: path, message })),
    ...unknown.map((name): SettingError => ({ name, message: { code: 'name.notSetting', values: {} } })),
  ];
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text writes in decimal digits; undefined for any other text (empty, hexadecimal, `Infinity`). */
export const numberOf = (text: string): number | undefined =>
  DECIMAL.test(text.trim()) ? Number(text) : undefined;

/** A setting from its text: `off` and `on` for what can be switched. Text that is no such value stays text. */
export function settingValue(text: string, kind: SettingKind): unknown {
  switch (kind.type) {
    case 'flag':
      return text === 'on' || text === 'true' ? true : text === 'off' || text === 'false' ? false : text;
    case 'choice':
      return text;
    case 'own':
      return text === 'off' || text === 'null' ? null : text;
    case 'number':
    case 'integer':
      if (kind.nullable && (text === 'off' || text === 'null')) return null;
      return numberOf(text) ?? text;
  }
}

/** A setting as text, so that `settingValue` gives it back. */
export const settingText = (value: unknown): string =>
  value === null ? 'off' : typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
