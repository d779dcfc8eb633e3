import { everythingOn } from '../../../support/thread-battery';

self.onmessage = async ({ data }: MessageEvent<number>) => {
  try {
    self.postMessage({ found: await everythingOn(data) });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
