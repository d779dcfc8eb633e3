import { MessageError, sentence, type Message } from '../messages';

/** Something in the command line is wrong; the message is one line that names it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A problem of the configuration as the command line says it. */
export const saidOf = (path: string, message: Message): string => `${path} ${sentence(message)}`;

/** One line for what a person did wrong; undefined for what we did wrong, which needs its trace. */
export const lineOf = (error: unknown): string | undefined =>
  error instanceof UsageError || error instanceof MessageError ? `error: ${error.message}` : undefined;

/** A whole number in decimal digits between two bounds; undefined for any other text. */
export function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}
