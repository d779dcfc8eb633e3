import type { Code, Message, Names, Sentences } from './codes';
import { en } from './en';
import { zh } from './zh';

export type { Code, Codes, Message, Names } from './codes';

export const SENTENCES = { en, zh } satisfies Record<string, Sentences>;
export type MessageLanguage = keyof typeof SENTENCES;

/** Names as the code has them. */
const PLAIN: Names = { stage: (name) => name, setting: (_, name) => name };

/** The sentence of a message. */
export function sentence(message: Message, language: MessageLanguage = 'en', names: Names = PLAIN): string {
  const write = SENTENCES[language][message.code] as (values: object, names: Names) => string;
  return write(message.values, names);
}

/** An error that knows what it has to say in every language; `message` is the English sentence. */
export class MessageError extends Error {
  constructor(
    readonly info: Message,
    options?: ErrorOptions,
  ) {
    super(sentence(info), options);
    this.name = 'MessageError';
  }
}

/** What an error has to say: its own message, or the words of something foreign. */
export const messageOf = (error: unknown): Message =>
  error instanceof MessageError
    ? error.info
    : { code: 'foreign', values: { text: error instanceof Error ? error.message : String(error) } };

/** Exists to make a typo in a code fail to compile where a plain object would do. */
export const message = <C extends Code>(code: C, values: Extract<Message, { code: C }>['values']): Message =>
  ({ code, values }) as Message;
