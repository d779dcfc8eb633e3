import type { Counters } from '../kernels';
import type { Gpu } from './device';
import type { GpuBuffer, GpuMemory } from './memory';
import { bucket } from './memory';
import { UNIFORM_BYTES, type Compiled } from './programs';

/** Dispatches of one submission at most. */
const DISPATCHES = 1024;
/** A fence after every so many updates, of which so many may be open: the device is never far behind. */
const FENCE = { every: 8, open: 2 };

/** Somebody else who records into the same command encoder: what is recorded first runs first. */
export interface Guest {
  /** Ends the compute pass that it may have open. */
  endPass(): void;
  /** All that it has recorded is submitted. */
  submitted(): void;
}

interface PendingRead {
  /** Bytes in the staging buffer. */
  offset: number;
  size: number;
  resolve(bytes: ArrayBuffer): void;
  reject(error: unknown): void;
}

/** A staging buffer with no room left, and what lies in it. */
interface Full {
  staging: GPUBuffer;
  reads: readonly PendingRead[];
}

/**
 * Records dispatches into one compute pass and submits them together: one write of all uniforms, one of all
 * uploads, one command buffer, and one mapping for all reads that were asked for.
 */
export class Commands {
  readonly counters: Counters = { dispatches: 0, readbacks: 0, submits: 0 };
  readonly uniforms: GPUBuffer;
  private readonly mirror = new ArrayBuffer(DISPATCHES * UNIFORM_BYTES);
  private readonly words = new Uint32Array(this.mirror);
  private readonly floats = new Float32Array(this.mirror);
  private readonly offsets = Uint32Array.from({ length: DISPATCHES }, (_, i) => i * UNIFORM_BYTES);
  private used = 0;
  private encoder: GPUCommandEncoder | null = null;
  private pass: GPUComputePassEncoder | null = null;
  private pipeline: GPUComputePipeline | null = null;
  private reads: PendingRead[] = [];
  private staging: GPUBuffer | null = null;
  private full: Full[] = [];
  private readonly idle: GPUBuffer[] = [];
  private updates = 0;
  private guest: Guest | null = null;
  private readonly fences: Promise<void>[] = [];

  constructor(
    private readonly gpu: Gpu,
    private readonly memory: GpuMemory,
  ) {
    this.uniforms = gpu.device.createBuffer({
      label: 'uniforms',
      size: this.mirror.byteLength,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
  }

  dispatch(
    program: Compiled,
    buffers: readonly GpuBuffer[],
    values: readonly number[],
    x: number,
    y: number,
    z: number,
  ): void {
    if (x === 0 || y === 0 || z === 0) return;
    if (this.used === DISPATCHES) this.submit();
    const slot = this.used++;
    const first = (slot * UNIFORM_BYTES) / 4;
    const { types } = program;
    for (let i = 0; i < types.length; i++)
      (types[i] === 'f32' ? this.floats : this.words)[first + i] = values[i]!;
    const group = program.bind(buffers);
    this.pass ??= this.beginPass();
    if (this.pipeline !== program.pipeline) {
      this.pass.setPipeline(program.pipeline);
      this.pipeline = program.pipeline;
    }
    this.pass.setBindGroup(0, group, this.offsets, slot, 1);
    this.pass.dispatchWorkgroups(x, y, z);
    this.counters.dispatches++;
  }

  /** Zeros a range, after the commands so far. */
  clear({ raw, offset, length }: GpuBuffer): void {
    this.endPass();
    if (length > 0) this.recorder().clearBuffer(raw.gpu, offset, 4 * length);
  }

  copy(from: GpuBuffer, to: GpuBuffer): void {
    this.endPass();
    if (from.length > 0)
      this.recorder().copyBufferToBuffer(from.raw.gpu, from.offset, to.raw.gpu, to.offset, 4 * from.length);
  }

  /** Replaces a range, after the commands so far. */
  write({ raw, offset }: GpuBuffer, data: Float32Array | Int32Array): void {
    this.flush();
    this.gpu.device.queue.writeBuffer(raw.gpu, offset, data as Float32Array<ArrayBuffer>);
  }

  /** Contents of the buffers after the commands so far; sent off at the latest in the next microtask. */
  read(buffers: readonly GpuBuffer[]): Promise<ArrayBuffer>[] {
    try {
      this.gpu.guard.check();
    } catch (error) {
      return buffers.map(() => Promise.reject(error as Error));
    }
    if (buffers.length === 0) return [];
    this.endPass();
    const bytes = buffers.reduce((sum, b) => sum + 4 * b.length, 0);
    const last = this.reads[this.reads.length - 1];
    let end = last ? last.offset + last.size : 0;
    if (this.reads.length === 0 && this.full.length === 0) queueMicrotask(() => this.flush());
    if (this.staging && this.staging.size < end + bytes) {
      this.full.push({ staging: this.staging, reads: this.reads });
      this.reads = [];
      this.staging = null;
      end = 0;
    }
    this.staging ??= this.takeStaging(end + bytes);
    return buffers.map(
      ({ raw, offset, length }) =>
        new Promise((resolve, reject) => {
          const size = 4 * length;
          if (size > 0) this.recorder().copyBufferToBuffer(raw.gpu, offset, this.staging!, end, size);
          this.reads.push({ offset: end, size, resolve, reject });
          end += size;
        }),
    );
  }

  /** Submits what is recorded, and fetches what was asked for. */
  flush(): void {
    const { reads, staging } = this;
    const groups = staging ? [...this.full, { staging, reads }] : this.full;
    this.submit(groups.length > 0);
    this.reads = [];
    this.staging = null;
    this.full = [];
    if (groups.length > 0) this.counters.readbacks++;
    for (const group of groups) void this.deliver(group);
  }

  private submit(always = false): void {
    this.endPass();
    const { encoder } = this;
    if (!encoder && !always) return;
    const { queue } = this.gpu.device;
    if (this.used > 0) queue.writeBuffer(this.uniforms, 0, this.mirror, 0, this.used * UNIFORM_BYTES);
    this.memory.sendUploads();
    if (encoder) queue.submit([encoder.finish()]);
    this.memory.sweep();
    this.guest?.submitted();
    this.counters.submits++;
    this.used = 0;
    this.encoder = null;
  }

  /** Counts an update; a promise to wait for if too many are still under way. */
  ready(): Promise<void> | null {
    if (++this.updates % FENCE.every !== 0) return null;
    this.fences.push(this.gpu.device.queue.onSubmittedWorkDone());
    return this.fences.length > FENCE.open ? this.gpu.guard.orLost(this.fences.shift()!) : null;
  }

  /** Takes in a guest, or sees it off. */
  invite(guest: Guest | null): void {
    this.guest = guest;
  }

  /** The encoder, for the guest to record into until it ends its pass. */
  guestEncoder(): GPUCommandEncoder {
    this.endOwnPass();
    return this.recorder();
  }

  dispose(): void {
    this.uniforms.destroy();
    for (const buffer of this.idle) buffer.destroy();
  }

  private async deliver({ staging, reads }: Full): Promise<void> {
    try {
      await this.gpu.guard.orLost(staging.mapAsync(GPUMapMode.READ));
      const mapped = staging.getMappedRange();
      for (const { offset, size, resolve } of reads) resolve(mapped.slice(offset, offset + size));
      staging.unmap();
      this.idle.push(staging);
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }

  private takeStaging(bytes: number): GPUBuffer {
    const at = this.idle.findIndex((buffer) => buffer.size >= bytes);
    if (at >= 0) return this.idle.splice(at, 1)[0]!;
    if (this.idle.length > 3) this.idle.shift()!.destroy();
    return this.gpu.device.createBuffer({
      label: 'staging',
      size: bucket(Math.max(bytes, 1 << 16)),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  private recorder(): GPUCommandEncoder {
    return (this.encoder ??= this.gpu.device.createCommandEncoder());
  }

  private beginPass(): GPUComputePassEncoder {
    this.endPass();
    return this.recorder().beginComputePass();
  }

  private endPass(): void {
    this.endOwnPass();
    this.guest?.endPass();
  }

  private endOwnPass(): void {
    this.pass?.end();
    this.pass = null;
    this.pipeline = null;
  }
}
