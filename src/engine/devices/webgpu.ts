import type { Gpu } from '../../kernels/webgpu/device';
import { message, MessageError, type Message } from '../../messages';
import { isSoftwareName } from './software';
import { DeviceWatch } from './watch';

/** A WebGPU device of our own. */
export interface WebGpuDevice {
  readonly gpu: Gpu;
  readonly adapter: string;
  /** The same in its parts, as tfjs wants it. */
  readonly adapterInfo: GPUAdapterInfo;
  readonly software: boolean;
  /** Resolves with the reason of the first failure. */
  readonly lost: Promise<Message>;
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

/** Features that kernels make use of where the adapter has them. */
const FEATURES = ['subgroups'] as const;

/** A device on the fastest adapter; throws a MessageError where there is none. */
export async function openWebGpu(): Promise<WebGpuDevice> {
  const adapter = await fastestAdapter();
  if (!adapter) throw new MessageError(message('engine.unavailable', { backend: 'webgpu' }));
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures = FEATURES.filter((name) => adapter.features.has(name));
  const device = await adapter.requestDevice({ label: 'alignlet', requiredLimits, requiredFeatures });
  const watch = watchGpu(device);
  return {
    gpu: { device, guard: watch },
    ...describeAdapter(adapter),
    adapterInfo: adapter.info,
    lost: watch.lost,
    close() {
      watch.close();
      device.destroy();
    },
  };
}

/**
 * WebGPU reports errors on the side: an invalid command is only an event, and its output is garbage. Here
 * both a lost device and the first such event count as the end of the device, ours or tfjs's.
 */
export function watchGpu(device: GPUDevice): DeviceWatch {
  const watch = new DeviceWatch();
  void device.lost.then((info) =>
    watch.fail(message('device.gone', { reason: info.message || info.reason })),
  );
  device.addEventListener('uncapturederror', (event) =>
    watch.fail(message('device.error', { text: event.error.message })),
  );
  return watch;
}

export async function fastestAdapter(): Promise<GPUAdapter | null> {
  return (await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? null;
}

export function describeAdapter({ info }: GPUAdapter): { adapter: string; software: boolean } {
  const { vendor, architecture, device, description } = info;
  const name = description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed GPU';
  const fallback = (info as { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
  return { adapter: name, software: fallback || isSoftwareName(`${name} ${architecture}`) };
}
