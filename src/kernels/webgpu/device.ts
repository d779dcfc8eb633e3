import { DeviceLostError } from '../../engine/errors';
import { message, MessageError, sentence, type Message } from '../../messages';

/** A WebGPU device, and the news of its end. */
export interface Gpu {
  readonly device: GPUDevice;
  /** Set once the device is lost or has reported an error: everything computed since is suspect. */
  readonly failure: DeviceLostError | null;
  /** Resolves with the reason of the failure. */
  readonly lost: Promise<string>;
  /** The same as `work`, but rejects as soon as the device fails. */
  orLost<T>(work: Promise<T>): Promise<T>;
  /** Gives the device back; this is no failure. */
  close(): void;
}

/** Limits worth having: more than the guaranteed minimum where the adapter offers it. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

/** A device of our own on the fastest adapter; throws with a plain reason where there is none. */
export async function openGpu(): Promise<Gpu> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new MessageError(message('engine.unavailable', { backend: 'webgpu' }));
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ label: 'alignlet', requiredLimits });
  return watch(device);
}

/**
 * WebGPU reports errors on the side: an invalid command is only an event, and its output is garbage. Here
 * both a lost device and the first such event count as the end of the device.
 */
export function watch(device: GPUDevice): Gpu {
  let failure: DeviceLostError | null = null;
  let closing = false;
  const waiting = new Set<(error: unknown) => void>();
  let tell!: (reason: string) => void;
  const lost = new Promise<string>((resolve) => (tell = resolve));
  const fail = (reason: Message) => {
    if (closing || failure) return;
    failure = new DeviceLostError(reason);
    for (const reject of waiting) reject(failure);
    tell(sentence(reason));
  };
  void device.lost.then((info) => fail(message('device.gone', { reason: info.message || info.reason })));
  device.addEventListener('uncapturederror', (event) =>
    fail(message('device.error', { text: event.error.message })),
  );
  return {
    device,
    get failure() {
      return failure;
    },
    lost,
    orLost(work) {
      return new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        waiting.add(reject);
        work.then(
          (value) => {
            waiting.delete(reject);
            if (failure) reject(failure);
            else resolve(value);
          },
          (error: unknown) => {
            // a call that the dying device refused tells less than the reason of its death, which follows
            setTimeout(() => {
              waiting.delete(reject);
              reject(failure ?? error);
            });
          },
        );
      });
    },
    close() {
      closing = true;
      device.destroy();
    },
  };
}
