import type { Args, Operations } from '../operations';
import type { GlBuffer, GlMatrix } from './memory';

/** Arguments of an operation: buffers that this device gave out. */
export type On<Name extends keyof Operations<unknown, unknown>> = Args<Name, GlBuffer, GlMatrix>;
