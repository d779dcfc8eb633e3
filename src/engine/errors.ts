/** The device is lost or reported an error: its models are gone; a new engine can go on from saved weights. */
export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError';

  constructor(readonly reason: string) {
    super(`the device was lost: ${reason}`);
  }
}
