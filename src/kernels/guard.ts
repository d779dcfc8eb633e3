/**
 * How kernels learn that their device has failed, and how they tell it. Whoever opens a device hands one
 * over; kernels know neither what an end is nor what comes after it.
 */
export interface DeviceGuard {
  /** Throws if the device has failed. */
  check(): void;
  /** Notes that the device has failed (the first reason counts) and returns the error to throw. */
  fail(reason: string): Error;
  /** The same as `work`, but rejects as soon as the device fails. */
  orLost<T>(work: Promise<T>): Promise<T>;
}
