import type { Args, Operations } from '../operations';
import type { GpuBuffer, GpuMatrix } from './memory';

/** Arguments of an operation: buffers that this device gave out. */
export type On<Name extends keyof Operations<unknown, unknown>> = Args<Name, GpuBuffer, GpuMatrix>;
