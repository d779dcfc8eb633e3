import { z } from 'zod';

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

export type SettingKind =
  | { type: 'number' | 'integer'; min: number; max: number; nullable: boolean }
  | { type: 'flag' }
  | { type: 'choice'; options: readonly string[] };

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
    if (!info) throw new Error(`setting ${name} has no description`);
    return { name, info, kind: kindOf(field as z.ZodType), fallback: (field as z.ZodType).parse(undefined) };
  });
}

function kindOf(field: z.ZodType): SettingKind {
  let inner: z.ZodType = field;
  let nullable = false;
  for (;;) {
    if (inner instanceof z.ZodDefault) inner = inner.unwrap() as z.ZodType;
    else if (inner instanceof z.ZodNullable) {
      nullable = true;
      inner = inner.unwrap() as z.ZodType;
    } else break;
  }
  if (inner instanceof z.ZodNumber)
    return {
      type: inner.isInt ? 'integer' : 'number',
      min: inner.minValue ?? -Infinity,
      max: inner.maxValue ?? Infinity,
      nullable,
    };
  if (inner instanceof z.ZodBoolean) return { type: 'flag' };
  if (inner instanceof z.ZodEnum) return { type: 'choice', options: inner.options.map(String) };
  throw new Error('unknown kind of setting');
}

/** One line per problem, each naming the setting: `klCoef: must be between 0 and 10 (got 99)`. */
export function settingErrors(schema: z.ZodObject, values: unknown): { name: string; message: string }[] {
  const result = schema.strict().safeParse(values);
  if (result.success) return [];
  const fields = new Map(settingFields(schema).map((f) => [f.name, f]));
  return result.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ name: key, message: 'is not a setting of this stage' }));
    const name = String(issue.path[0] ?? '');
    const field = fields.get(name);
    const value = (values as Record<string, unknown>)[name];
    const got = typeof value === 'number' ? String(value) : JSON.stringify(value); // JSON has no NaN
    return [{ name, message: `${field ? expectation(field.kind) : issue.message} (got ${got})` }];
  });
}

function expectation(kind: SettingKind): string {
  switch (kind.type) {
    case 'number':
    case 'integer': {
      const what = kind.type === 'integer' ? 'a whole number' : 'a number';
      return `must be ${what} between ${kind.min} and ${kind.max}${kind.nullable ? ', or off' : ''}`;
    }
    case 'flag':
      return 'must be true or false';
    case 'choice':
      return `must be one of ${kind.options.join(', ')}`;
  }
}
