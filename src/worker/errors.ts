import * as Comlink from 'comlink';
import { MessageError } from '../messages';

interface Thrown {
  value: unknown;
}

/**
 * Comlink sends of an error its name, message and stack. From now on it sends what a MessageError has to say as
 * well: on the other side `messageOf` finds it in the error's `info`.
 */
export function sendMessagesOfErrors(): void {
  const thrown = Comlink.transferHandlers.get('throw') as Comlink.TransferHandler<Thrown, unknown>;
  Comlink.transferHandlers.set('throw', {
    ...thrown,
    serialize(error: Thrown): [unknown, Transferable[]] {
      const { value } = error;
      if (!(value instanceof MessageError)) return thrown.serialize(error);
      const { name, message, stack, info } = value;
      return [{ isError: true, value: { name, message, stack, info } }, []];
    },
  });
}
