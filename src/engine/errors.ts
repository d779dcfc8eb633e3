import { foreign, message, MessageError, type Message } from '../messages';

/** The device is lost or reported an error: its models are gone; a new engine can go on from saved weights. */
export class DeviceLostError extends MessageError {
  override readonly name = 'DeviceLostError';

  readonly reason: Message;

  /** `reason` in the words of a browser, or as a message. */
  constructor(reason: Message | string) {
    const known = typeof reason === 'string' ? foreign(reason) : reason;
    super(message('device.lost', { reason: known }));
    this.reason = known;
  }
}
