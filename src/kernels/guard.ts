/** What may go wrong in kernels, by code, with the values of its sentence. */
interface Troubles {
  /** Words of a browser or a driver. */
  foreign: { text: string };
  'device.noFence': Record<string, never>;
  'device.wait': Record<string, never>;
  'device.memory': Record<string, never>;
  'device.webglError': { code: number };
  'device.attachments': { count: number };
  'device.shader': { name: string; log: string };
  'kernels.http': { status: number };
  'thread.isolation': Record<string, never>;
  'thread.wait': Record<string, never>;
  'thread.late': Record<string, never>;
  'thread.start': Record<string, never>;
  'thread.silent': { seconds: number };
  'thread.kernel': { kernel: string };
}

/** Plain data: whoever runs the kernels has the words. */
export type Trouble = { [C in keyof Troubles]: { code: C; values: Troubles[C] } }[keyof Troubles];

export const trouble = <C extends keyof Troubles>(code: C, values: Troubles[C]): Trouble =>
  ({ code, values }) as Trouble;

/** Something that is no failure of the device: a shader that does not compile, memory that is not to be had. */
export class KernelError extends Error {
  override readonly name = 'KernelError';

  constructor(readonly info: Trouble) {
    super(info.code === 'foreign' ? info.values.text : JSON.stringify(info));
  }
}

/**
 * How kernels learn that their device has failed, and how they tell it. Whoever opens a device hands one
 * over; kernels know neither what an end is nor what comes after it.
 */
export interface DeviceGuard {
  /** Throws if the device has failed. */
  check(): void;
  /** Notes that the device has failed (the first reason counts) and returns the error to throw. */
  fail(reason: Trouble): Error;
  /** The same as `work`, but rejects as soon as the device fails. */
  orLost<T>(work: Promise<T>): Promise<T>;
}
