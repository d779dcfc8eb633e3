import { z } from 'zod';
import { isMessage, message, MessageError } from '.';
import type { Message, ValueType } from './codes';

/** What is wrong where; `path` is a dotted path, empty for the whole value. */
export interface ShapeProblem {
  path: string;
  message: Message;
}

/** A number that a schema bounds on both sides. */
export interface NumberRange {
  whole: boolean;
  min: number;
  max: number;
  /** It may be switched off (null). */
  off: boolean;
}

const TYPES: Record<string, ValueType> = {
  number: 'number',
  int: 'whole',
  string: 'text',
  boolean: 'flag',
  array: 'list',
  tuple: 'list',
  object: 'object',
  record: 'object',
};

/** A value as text, short enough for a sentence. JSON has no NaN, and nothing that is nested without end. */
export function shown(value: unknown): string {
  let text: string;
  try {
    text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  } catch {
    text = Array.isArray(value) ? '[…]' : '{…}';
  }
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Without default, optional and nullable around it. */
export function unwrapped(schema: z.ZodType): { inner: z.ZodType; nullable: boolean } {
  let nullable = false;
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodNullable || inner instanceof z.ZodOptional) {
    nullable ||= inner instanceof z.ZodNullable;
    inner = inner.unwrap() as z.ZodType;
  }
  return { inner, nullable };
}

/** The bounds of a number's schema; undefined for other schemas. */
export function numberRange(schema: z.ZodType): NumberRange | undefined {
  const { inner, nullable } = unwrapped(schema);
  if (!(inner instanceof z.ZodNumber)) return undefined;
  const { minValue, maxValue, isInt } = inner;
  return { whole: isInt, min: minValue ?? -Infinity, max: maxValue ?? Infinity, off: nullable };
}

/** The value as the schema has it. Throws a MessageError that names the first place where it is not. */
export function checkedShape<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const [wrong] = shapeProblems(schema, value);
  if (wrong) throw new MessageError(message('at', { path: wrong.path || 'JSON', problem: wrong.message }));
  return schema.parse(value);
}

/** In a refinement: says what is wrong at a path. */
export function refuseAt(
  context: Pick<z.RefinementCtx, 'addIssue'>,
  path: readonly PropertyKey[],
  message: Message,
): void {
  context.addIssue({ code: 'custom', path: [...path], params: { message } });
}

/** The schema at a path, as far as objects, records and lists lead to it. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema;
  for (const key of path) {
    if (!at) return undefined;
    const { inner }: { inner: z.ZodType } = unwrapped(at);
    if (inner instanceof z.ZodObject)
      at = Object.hasOwn(inner.shape, key) ? (inner.shape[key as string] as z.ZodType) : undefined;
    else if (inner instanceof z.ZodRecord) at = inner.valueType as z.ZodType;
    else if (inner instanceof z.ZodArray) at = inner.element as z.ZodType;
    else at = undefined;
  }
  return at;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path)
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<PropertyKey, unknown>)[key]
        : undefined;
  return at;
}

/**
 * Everything that a schema refuses in a value, each with its place: the one door through which the schema
 * library's findings become messages. Empty if the value is fine. A place is named once.
 */
export function shapeProblems(schema: z.ZodType, value: unknown): ShapeProblem[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  const problems = new Map<string, Message>();
  const add = (path: readonly PropertyKey[], message: Message) => {
    const name = path.map(String).join('.');
    if (!problems.has(name)) problems.set(name, message);
  };
  for (const issue of result.error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) add([...issue.path, key], { code: 'name.unknown', values: {} });
    else add(issue.path, messageOfIssue(issue, schemaAt(schema, issue.path), valueAt(value, issue.path)));
  }
  return [...problems].map(([path, message]) => ({ path, message }));
}

function messageOfIssue(issue: z.core.$ZodIssue, schema: z.ZodType | undefined, value: unknown): Message {
  const got = shown(value);
  const range = schema && numberRange(schema);
  if (range && isLimit(range.min) && isLimit(range.max))
    return { code: 'value.number', values: { ...range, got } };
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.expected === 'boolean') return { code: 'value.flag', values: { got } };
      const expected = TYPES[issue.expected];
      return expected
        ? { code: 'value.type', values: { expected, got } }
        : { code: 'value.invalid', values: { got } };
    }
    case 'invalid_value':
      return { code: 'value.choice', values: { options: issue.values.map(String), got } };
    case 'too_small':
    case 'too_big':
      return outOfRange(issue, got);
    case 'custom':
      return isMessage(issue.params?.['message'])
        ? issue.params['message']
        : { code: 'value.invalid', values: { got } };
    case 'invalid_format':
      return { code: 'value.pattern', values: { pattern: issue.pattern ?? issue.format, got } };
    default:
      return { code: 'value.invalid', values: { got } };
  }
}

/** Not one that only says how large numbers can be. */
const isLimit = (bound: number): boolean => Math.abs(bound) < Number.MAX_SAFE_INTEGER;

/** Too small or too big: a number, a text, or a list. */
function outOfRange(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, got: string): Message {
  const limit = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  if (issue.origin === 'string' || issue.origin === 'array') {
    const what = issue.origin === 'string' ? 'characters' : 'entries';
    return issue.code === 'too_small'
      ? { code: 'value.tooShort', values: { min: limit, what } }
      : { code: 'value.tooLong', values: { max: limit, what } };
  }
  return issue.code === 'too_small'
    ? { code: 'value.atLeast', values: { min: limit, got } }
    : { code: 'value.atMost', values: { max: limit, got } };
}
