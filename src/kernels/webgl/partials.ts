import type { Device, Range } from './device';
import type { GlBuffer, Root } from './memory';
import type { ProgramSpec } from './programs';

/** How a gradient is put together: from tiles of 4×4 sums, from their first rows, or from rows of sums. */
const KINDS = { tiles: 0, tileRow: 1, first: 2, second: 3 } as const;

/** A gradient whose partial sums are still to be added up. */
interface Sum {
  out: GlBuffer;
  count: number;
  kind: keyof typeof KINDS;
  /** First texel of the partial sums, texels from one split to the next, and splits. */
  at: number;
  step: number;
  splits: number;
  /** Texels of a row, of tiles. */
  n4: number;
}

/** Every texel finds the gradient that it belongs to in the table: (start, count, kind, at), (n4, step, splits). */
export const SUM_PARTIALS: ProgramSpec = {
  name: 'sumPartials',
  inputs: ['row0', 'row1', 'row2', 'row3', 'first', 'second', 'table'],
  ints: ['SUMS'],
  body: `
void run(int t) {
  t += FIRST;
  int low = 0;
  int high = SUMS - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (int(table(2 * middle).x) <= t) low = middle;
    else high = middle - 1;
  }
  ivec4 a = ivec4(table(2 * low));
  ivec4 b = ivec4(table(2 * low + 1));
  int u = t - a.x;
  if (u >= 0 && u < a.y) {
    int row = u / b.x;
    int q = a.z == ${KINDS.tiles} ? row & 3 : 0;
    int at = a.w + (a.z == ${KINDS.tiles} ? (row >> 2) * b.x + u - row * b.x : u);
    vec4 s = vec4(0.0);
    for (int i = 0; i < b.z; i++) {
      if (a.z == ${KINDS.first}) s += first(at);
      else if (a.z == ${KINDS.second}) s += second(at);
      else s += q == 0 ? row0(at) : q == 1 ? row1(at) : q == 2 ? row2(at) : row3(at);
      at += b.y;
    }
    out0 = s;
  } else discard;
}`,
};

/** Most texels of one texture of an arena; where they do not suffice, sums are added up in several draws. */
const MOST = 1 << 18;

/** Textures of one size, filled from the start until their contents are no longer needed. */
class Arena {
  private textures: GlBuffer[] = [];
  private used = 0;
  private size: number;
  private larger = 0;

  constructor(
    private readonly device: Device,
    private readonly count: number,
    least: number,
  ) {
    this.size = least;
  }

  get whole(): readonly GlBuffer[] {
    return this.textures;
  }

  restart(): void {
    this.used = 0;
  }

  /** So many texels of every texture, if they are free; else there is room for twice as much after the next start. */
  take(texels: number): { at: number; parts: GlBuffer[] } | null {
    const { memory } = this.device;
    const at = this.used;
    if (at + texels > this.size) {
      const wanted = Math.max(texels, Math.min(2 * (at + texels), MOST));
      while (this.larger < wanted) this.larger = Math.max(this.size, 2 * this.larger);
      if (at > 0) return null;
      this.renew();
    }
    if (this.textures.length === 0)
      this.textures = Array.from({ length: this.count }, () => memory.lasting(4 * this.size));
    this.used += texels;
    return { at, parts: this.textures.map((t) => memory.slice(t, 4 * at, 4 * texels)) };
  }

  /** Takes the larger textures, if some were asked for. Nothing may need the contents. */
  renew(): void {
    if (this.larger <= this.size) return;
    this.size = this.larger;
    for (const { root } of this.textures) this.device.memory.release(root);
    this.textures = [];
  }
}

/**
 * Sums over rows (gradients of weights) are computed in two stages. The first stages of a whole backward pass leave
 * their parts here, and one draw adds up all of them when a gradient is first asked for.
 */
class Partials {
  private readonly tiles: Arena;
  private readonly rows: Arena;
  private sums: Sum[] = [];
  /** Products that are still in tiles beside partial sums. */
  private products: Root[] = [];
  /** Everything has been added up: the next part goes to the start. */
  private done = true;

  constructor(private readonly device: Device) {
    this.tiles = new Arena(device, 4, 1 << 15);
    this.rows = new Arena(device, 2, 1 << 12);
  }

  /** Room for so many tiles, four rows each in a texture of its own. */
  takeTiles(count: number): { at: number; parts: GlBuffer[] } {
    return this.take(this.tiles, count);
  }

  /** Room for so many texels of two kinds of sums. */
  takeRows(count: number): { at: number; parts: GlBuffer[] } {
    return this.take(this.rows, count);
  }

  /** Adds these sums to gradients, some time before these are read. */
  add(sums: readonly Sum[]): void {
    for (const sum of sums) {
      if (this.sums.some((other) => overlap(other, sum))) this.settle();
      this.done = false;
      this.sums.push(sum);
      sum.out.root.lazy = { draw: () => this.settle(), needed: true };
    }
  }

  /** A product that stays in tiles that `takeTiles` gave, until it is read. */
  keep(root: Root): void {
    this.products.push(root);
  }

  private take(arena: Arena, count: number): { at: number; parts: GlBuffer[] } {
    if (this.done) this.restart();
    const found = arena.take(count);
    if (found) return found;
    this.settle();
    this.restart();
    return arena.take(count)!;
  }

  private restart(): void {
    for (const root of this.products)
      if (root.alive && root.lazy && !root.lazy.needed) this.device.realize(root);
    this.products = [];
    for (const arena of [this.tiles, this.rows]) {
      arena.restart();
      arena.renew();
    }
    this.done = false;
  }

  private settle(): void {
    const { device, sums } = this;
    this.sums = [];
    this.done = true;
    const roots = new Set(sums.map(({ out }) => out.root));
    for (const root of roots) root.lazy = null;
    for (const root of roots) {
      if (!root.alive) continue;
      const own = sums.filter(({ out }) => out.root === root).sort((a, b) => a.out.start - b.out.start);
      const table = new Float32Array(8 * own.length);
      own.forEach(({ out, count, kind, at, n4, step, splits }, i) =>
        table.set([out.start, count, KINDS[kind], at, n4, step, splits, 0], 8 * i),
      );
      const ranges = own.map(({ out, count }): Range => [out.start, count]);
      device.memory.frame(() => {
        const list = device.memory.temporary(table.length);
        device.write(list, table);
        const [tiles, rows] = [this.tiles.whole, this.rows.whole];
        const inputs = [0, 1, 2, 3].map((i) => tiles[i] ?? null);
        device.accumulateRanges(
          SUM_PARTIALS,
          [...inputs, rows[0] ?? null, rows[1] ?? null, list],
          [own.length],
          own[0]!.out,
          ranges,
        );
      });
    }
  }
}

const partials = new WeakMap<Device, Partials>();

export function partialsOf(device: Device): Partials {
  let found = partials.get(device);
  if (!found) partials.set(device, (found = new Partials(device)));
  return found;
}

const overlap = (a: Sum, b: Sum): boolean =>
  a.out.root === b.out.root && a.out.start < b.out.start + b.count && b.out.start < a.out.start + a.count;
