import * as tf from '@tensorflow/tfjs-core';
import { engineOn } from '../../src/engine/fused/engine';
import { giveBack, openWebGl } from '../../src/engine/devices/webgl';
import { openWebGpu } from '../../src/engine/devices/webgpu';
import { createPlainEngine } from '../../src/engine/plain';
import type { Engine, LanguageModel } from '../../src/engine/types';
import { WebGlKernels } from '../../src/kernels/webgl/kernels';
import { WebGpuKernels } from '../../src/kernels/webgpu/kernels';

/** An engine, and ways to lose its device: at every loss the next. */
export interface Opened {
  engine: Engine;
  provoke: (() => void)[];
}

const software = { adapter: 'test', software: true, kind: 'fused' } as const;

export async function webgl(): Promise<Opened> {
  const { context, lost, close } = openWebGl();
  const engine = engineOn(new WebGlKernels(context), { backend: 'webgl', ...software }, { lost, close });
  return { engine, provoke: [() => giveBack(context.gl)] };
}

/** Besides a device that is lost, a command that it rejects: everything computed since is suspect. */
export async function webgpu(): Promise<Opened> {
  const { gpu, lost, close } = await openWebGpu();
  const kernels = new WebGpuKernels(gpu, { rollouts: false });
  const engine = engineOn(kernels, { backend: 'webgpu', ...software }, { lost, close });
  const reject = () =>
    gpu.device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  return { engine, provoke: [() => gpu.device.destroy(), reject] };
}

/** tfjs's own device, which it keeps to itself. */
interface TfjsDevice {
  gpgpu: { gl: WebGL2RenderingContext };
}

export async function plainWebGl(): Promise<Opened> {
  const engine = await createPlainEngine('webgl');
  const { gpgpu } = tf.findBackend('webgl') as unknown as TfjsDevice;
  return { engine, provoke: [() => giveBack(gpgpu.gl)] };
}

type Method = Exclude<keyof LanguageModel, 'config' | 'dispose'>;
export const UPDATES: readonly Method[] = ['update', 'updates'];
/** Whatever stages ask of a model. */
export const CALLS: readonly Method[] = [...UPDATES, 'evaluate', 'generate', 'weights'];

/** Devices of one kind that are lost when a test wants it: now, or in the middle of one of these calls of a model. */
export class Devices {
  opened = 0;
  losses = 0;
  /** Such calls so far, of all models. */
  calls = 0;
  /** Calls until the device is lost, and again until the one that takes its place is. */
  private waiting: number[] = [];
  private provoke: (() => void)[] = [];

  constructor(
    private readonly kind: () => Promise<Opened>,
    private readonly counted: readonly Method[] = UPDATES,
  ) {}

  open = async (): Promise<Engine> => {
    const { engine, provoke } = await this.kind();
    this.opened++;
    this.provoke = provoke;
    return { ...engine, createModel: (config, weights) => this.watch(engine.createModel(config, weights)) };
  };

  lose(): void {
    this.provoke[this.losses++ % this.provoke.length]!();
  }

  /** In the call of that number, counted from now on. */
  loseDuring(...calls: number[]): void {
    this.waiting = calls;
  }

  private watch(model: LanguageModel): LanguageModel {
    const losing =
      <A extends unknown[], R>(ask: (...args: A) => R) =>
      (...args: A): R => {
        this.calls++;
        const answer = ask(...args);
        if (this.waiting.length > 0 && --this.waiting[0]! === 0) {
          this.waiting.shift();
          this.lose();
        }
        return answer;
      };
    const methods = model as unknown as Record<Method, (...args: unknown[]) => unknown>;
    for (const name of this.counted) methods[name] = losing(methods[name].bind(model));
    return model;
  }
}
