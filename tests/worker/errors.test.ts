import * as Comlink from 'comlink';
import { expect, it } from 'vitest';
import { message, MessageError, messageOf } from '../../src/messages';
import { sendMessagesOfErrors } from '../../src/worker/errors';

it('an error that a worker throws says the same on the other side', async () => {
  sendMessagesOfErrors();
  const none = message('engine.none', {
    tried: [
      { backend: 'webgpu', kind: 'fused', reason: message('engine.unavailable', { backend: 'webgpu' }) },
    ],
  });
  const { port1, port2 } = new MessageChannel();
  const fail = (error: unknown) => {
    throw error;
  };
  Comlink.expose(
    { ours: () => fail(new MessageError(none)), theirs: () => fail(new Error('Failed to fetch')) },
    port1,
  );
  const remote = Comlink.wrap<{ ours(): void; theirs(): void }>(port2);
  const caught = async (call: Promise<void>) => messageOf(await call.catch((error: unknown) => error));
  expect(await caught(remote.ours())).toEqual(none);
  expect(await caught(remote.theirs())).toEqual({ code: 'foreign', values: { text: 'Failed to fetch' } });
  port1.close();
  port2.close();
});
