import type { Counters } from '../kernels';
import type { Commands, Guest } from './commands';
import type { GpuBuffer, GpuMemory } from './memory';

/** What somebody else (tfjs) needs to compute on the same device and on the same buffers. */
export class Sharing {
  constructor(
    private readonly commands: Commands,
    private readonly memory: GpuMemory,
  ) {}

  /** A frame is open: what is recorded will be submitted at its end. */
  get inFrame(): boolean {
    return this.memory.frames > 0;
  }

  /** To be raised by the guest for what it asks of the device. */
  get counters(): Counters {
    return this.commands.counters;
  }

  /** There is room for one guest. */
  invite(guest: Guest | null): void {
    this.commands.invite(guest);
  }

  /** Where the guest records next: after all that was recorded before. */
  encoder(): GPUCommandEncoder {
    return this.commands.guestEncoder();
  }

  /** Submits what both have recorded. */
  submit(): void {
    this.commands.flush();
  }

  /** The GPU buffer behind a buffer that is no view of part of another. */
  whole({ raw, offset }: GpuBuffer): GPUBuffer {
    if (offset !== 0) throw new RangeError('only a buffer of its own can be handed out');
    return raw.gpu;
  }

  /** A buffer of the guest, for operations to read; the guest keeps it alive until they are recorded. */
  adopt(gpu: GPUBuffer, length: number): GpuBuffer {
    return this.memory.adopt(gpu, length);
  }
}
