/** The part of LockManager that is needed. */
export type Locks = Pick<LockManager, 'request' | 'query'>;

const nameOf = (key: string): string => `alignlet keeps ${key}`;

/**
 * The right to keep the run of this key, for one tab at a time; it ends with the tab. Undefined: another tab has it.
 * Where there are no locks everybody has it; writers that meet are then told apart by what they wrote.
 */
export async function hold(key: string, locks: Locks | undefined): Promise<(() => void) | undefined> {
  if (!locks) return () => undefined;
  return new Promise((resolve, reject) => {
    locks
      .request(nameOf(key), { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(undefined);
        return new Promise<void>((letGo) => resolve(letGo));
      })
      .catch(reject);
  });
}

/** Some tab is training and keeping this. */
export async function isHeld(key: string, locks: Locks | undefined): Promise<boolean> {
  const { held = [] } = (await locks?.query()) ?? {};
  return held.some(({ name }) => name === nameOf(key));
}
