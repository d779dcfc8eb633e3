import { trouble } from '../guard';
import type { Device } from './device';
import { texels, type GlBuffer } from './memory';
import { WIDTH, WIDTH_BITS } from './textures';

/** Rows of a texture as they will lie in the transfer buffer. */
interface Part {
  /** First byte of the rows. */
  at: number;
  bytes: number;
  /** Elements of the rows before those of the buffer. */
  skip: number;
}

/** Copies that the GPU makes, until it has made them. */
interface Transfer {
  buffers: readonly GlBuffer[];
  parts: readonly Part[];
  total: number;
  transfer: WebGLBuffer;
  resolve(found: Float32Array[]): void;
  reject(error: unknown): void;
}

/** What was asked for in this turn of the event loop, by device. */
const asked = new WeakMap<Device, Transfer[]>();

/**
 * Copies buffers to the host; everything that is asked for in one turn of the event loop comes in one round trip.
 * The GPU copies what they hold now into a transfer buffer; the promise resolves once that is done, without ever
 * making JavaScript wait inside WebGL.
 */
export async function readBuffers(device: Device, buffers: readonly GlBuffer[]): Promise<Float32Array[]> {
  const { gl } = device.context;
  device.context.guard.check();
  let total = 0;
  const parts = buffers.map((buffer): Part => {
    if (buffer.length === 0) return { at: total, bytes: 0, skip: 0 };
    const first = buffer.start >> WIDTH_BITS;
    const rows = ((buffer.start + texels(buffer.length) - 1) >> WIDTH_BITS) - first + 1;
    const width = rows === 1 ? texels(buffer.length) : WIDTH;
    const part = { at: total, bytes: width * rows * 16, skip: rows === 1 ? 0 : 4 * (buffer.start % WIDTH) };
    total += part.bytes;
    return part;
  });
  if (total === 0) return buffers.map(() => new Float32Array(0));
  const transfer = gl.createBuffer();
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, transfer);
  gl.bufferData(gl.PIXEL_PACK_BUFFER, total, gl.STREAM_READ);
  buffers.forEach((buffer, i) => {
    const { at, bytes } = parts[i]!;
    if (bytes === 0) return;
    device.bindSource(buffer);
    const y = buffer.start >> WIDTH_BITS;
    const rows = ((buffer.start + texels(buffer.length) - 1) >> WIDTH_BITS) - y + 1;
    const [x, width] = rows === 1 ? [buffer.start % WIDTH, texels(buffer.length)] : [0, WIDTH];
    gl.readPixels(x, y, width, rows, gl.RGBA, gl.FLOAT, at);
  });
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
  return new Promise((resolve, reject) => {
    const item = { buffers, parts, total, transfer, resolve, reject };
    const others = asked.get(device);
    if (others) return others.push(item);
    asked.set(device, [item]);
    queueMicrotask(() => void deliver(device));
  });
}

/** Waits for the GPU once and hands out everything that was asked for. */
async function deliver(device: Device): Promise<void> {
  const { gl, guard } = device.context;
  const transfers = asked.get(device)!;
  asked.delete(device);
  device.counters.readbacks++;
  try {
    await passFence(device, insertFence(device));
    const found = transfers.map(({ total, transfer }) => {
      const bytes = new ArrayBuffer(total);
      gl.bindBuffer(gl.PIXEL_PACK_BUFFER, transfer);
      gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, new Uint8Array(bytes));
      return bytes;
    });
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null);
    guard.check(); // a context lost meanwhile hands out zeros
    transfers.forEach(({ buffers, parts, resolve }, t) =>
      resolve(
        buffers.map(({ length }, i) => {
          const { at, skip } = parts[i]!;
          return new Float32Array(found[t]!, at + 4 * skip, length).slice();
        }),
      ),
    );
  } catch (error) {
    for (const { reject } of transfers) reject(error);
  } finally {
    for (const { transfer } of transfers) gl.deleteBuffer(transfer);
  }
}

/** How long to ask at every turn of the event loop before asking once per millisecond. */
const EAGER_MS = 4;

/** Marks this point of the sequence. */
export function insertFence(device: Device): WebGLSync {
  const { gl } = device.context;
  const sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  gl.flush();
  device.counters.submits++;
  if (sync) return sync;
  device.context.guard.check();
  throw device.context.guard.fail(trouble('device.noFence', {}));
}

/** Resolves when the GPU has come to a fence; rejects once the context is lost. */
export async function passFence({ context }: Device, sync: WebGLSync): Promise<void> {
  const { gl, guard } = context;
  const began = performance.now();
  try {
    while (true) {
      guard.check();
      const status = gl.clientWaitSync(sync, 0, 0);
      if (status === gl.ALREADY_SIGNALED || status === gl.CONDITION_SATISFIED) return;
      if (status === gl.WAIT_FAILED) {
        guard.check();
        throw guard.fail(trouble('device.wait', {}));
      }
      if (performance.now() - began < EAGER_MS) await nextTurn();
      else await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } finally {
    gl.deleteSync(sync);
  }
}

/** The next turn of the event loop, without the delay that browsers add to short timeouts. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
