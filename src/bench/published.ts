import type { BackendName } from '../engine/types';
import type { ShapeName } from './workload';

/** A figure that others have published for their own trainer, on their own machine. Never part of a ratio. */
export interface Published {
  /** The shape here that equals theirs. */
  shape: ShapeName;
  library: string;
  backend: BackendName;
  /** As they say it. */
  figure: string;
  source: string;
}

/**
 * TinyGPT's preset "medium" (its browser/src/sizing.ts): 4 layers, width 128, 4 heads, context 96, 16 rows, bytes as
 * vocabulary, 0.83 M parameters. WebGPU's figure is its time against WASM SIMD with threads, on an Apple M-series laptop.
 */
export const PUBLISHED: readonly Published[] = [
  {
    ...{ shape: 'tinygpt', library: 'TinyGPT', backend: 'wasm' },
    figure: '4 305 tokens/s, SIMD and threads',
    source: 'https://tinygpt.pages.dev',
  },
  {
    ...{ shape: 'tinygpt', library: 'TinyGPT', backend: 'webgpu' },
    figure: '6.8 times its own WASM',
    source: 'https://tinygpt.sarthakagrawal.dev/docs/status',
  },
];
