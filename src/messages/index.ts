import type { Code, Codes, Message, Names, Sentences } from './codes';
import { en } from './en';

export type { Code, Codes, Message, Names } from './codes';

export type MessageLanguage = 'en' | 'zh';

/** Sentences by language: English, and what was added. */
export const SENTENCES: { en: Sentences } & Partial<Record<MessageLanguage, Sentences>> = { en };

/** Adds a language, whose sentences need not be there before somebody reads them. Until then English stands in. */
export const addSentences = (language: MessageLanguage, sentences: Sentences): void =>
  void (SENTENCES[language] = sentences);

const asIs = (name: string): string => name;
/** Names as the code has them. */
const PLAIN: Names = { stage: asIs, setting: (_, name) => name, role: asIs, backend: asIs, kind: asIs };

/** The sentence of a message. */
export function sentence(message: Message, language: MessageLanguage = 'en', names: Names = PLAIN): string {
  const say = (inner: Message): string => {
    const write = (SENTENCES[language] ?? en)[inner.code] as (values: object, pen: object) => string;
    return write(inner.values, { ...names, say });
  };
  return say(message);
}

/** An error that knows what it has to say in every language; `message` is the English sentence. */
export class MessageError extends Error {
  override name: string = 'MessageError';

  constructor(
    readonly info: Message,
    options?: ErrorOptions,
  ) {
    super(sentence(info), options);
  }
}

/** True for a code that exists, with values; what the values are is not looked at. */
export const isMessage = (value: unknown): value is Message => {
  const { code, values } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Message>;
  return typeof code === 'string' && Object.hasOwn(en, code) && typeof values === 'object' && values !== null;
};

/** The words of something that is not ours. */
export const foreign = (text: string): Message => ({ code: 'foreign', values: { text } });

/**
 * What an error has to say: its own message (also one that came from another thread, where an error is no longer
 * of its class but still has its `info`), or the words of something foreign.
 */
export function messageOf(error: unknown): Message {
  const info = error instanceof Error && 'info' in error ? error.info : undefined;
  return isMessage(info) ? info : foreign(error instanceof Error ? error.message : String(error));
}

/** Exists to make a typo in a code fail to compile where a plain object would do. */
export const message = <C extends Code>(code: C, values: Codes[C]): Message => ({ code, values }) as Message;
