import type { Plugin } from 'vite';

const STAGE_FILE = /\/src\/pipeline\/stages\/[\w-]+\.ts$/;
/** Loops, losses and tfjs: whoever takes nothing from them need not load them. */
const LOOPS = /\/src\/pipeline\/(losses|training|measures|data|maths)\/|\/@tensorflow\/tfjs-core\//;

/** What remains of a stage's `run` in the page's own scripts. */
const IN_WORKERS = "run() { throw new TypeError('stages run in workers') }";

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/**
 * The page knows what stages are (settings, figures, formulas), and only its workers run them. This takes `run` out
 * of `defineStage({ … })` in the page's scripts, so that loops, losses and tfjs are not bundled with them. Workers
 * have plugins of their own and keep everything.
 */
export function pageStages(): Plugin {
  return {
    name: 'page-stages',
    apply: 'build',
    enforce: 'post', // after types are gone
    transform(code, id) {
      if (LOOPS.test(id)) return { code, map: null, moduleSideEffects: false };
      if (!STAGE_FILE.test(id)) return null;
      const cut = runs(this.parse(code) as unknown as Node);
      let rest = code;
      for (const { start, end } of cut.toReversed())
        rest = rest.slice(0, start) + IN_WORKERS + rest.slice(end);
      return cut.length ? { code: rest, map: null } : null;
    },
  };
}

/** The `run` of every call of `defineStage`, in order. */
function runs(node: unknown): Node[] {
  if (Array.isArray(node)) return node.flatMap(runs);
  if (typeof node !== 'object' || node === null) return [];
  const { type, callee, arguments: given } = node as Node;
  if (type === 'CallExpression' && (callee as { name?: string }).name === 'defineStage') {
    const [stage] = given as { properties?: Node[] }[];
    return (stage?.properties ?? []).filter(
      ({ key }) => (key as { name?: string } | undefined)?.name === 'run',
    );
  }
  return Object.values(node).flatMap(runs);
}
