import { useState } from 'react';
import { zipped } from '../../exchange/zip';
import { messageOf, type Message } from '../../messages';
import { download } from './download';

export type Saving =
  | { status: 'idle' }
  | { status: 'working' }
  | { status: 'saved'; file: string; notices: readonly Message[] }
  | { status: 'failed'; message: Message };

/** What is saved: one file, or several in a zip of this name. */
export interface Saved {
  name: string;
  files: Uint8Array<ArrayBuffer> | ReadonlyMap<string, Uint8Array>;
  notices?: readonly Message[];
}

export type Save = (make: () => Saved | Promise<Saved>) => void;

/** Saves one thing after the other; the page is drawn in between. */
export function useSaving(): { saving: Saving; save: Save } {
  const [saving, setSaving] = useState<Saving>({ status: 'idle' });
  const run = async (make: () => Saved | Promise<Saved>) => {
    setSaving({ status: 'working' });
    await new Promise((drawn) => setTimeout(drawn, 30));
    try {
      const { name, files, notices = [] } = await make();
      download(name, files instanceof Uint8Array ? files : zipped(files));
      setSaving({ status: 'saved', file: name, notices });
    } catch (error) {
      setSaving({ status: 'failed', message: messageOf(error) });
    }
  };
  return { saving, save: (make) => void run(make) };
}
