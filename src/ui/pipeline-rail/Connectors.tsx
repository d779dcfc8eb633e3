import { useEffect, useState, type RefObject } from 'react';
import { lineFrom } from './line-from';
import type { StageName } from '../../pipeline/stages';
import classes from './rail.module.css';

interface Box {
  id: string;
  stage: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
  middle: number;
}

const RADIUS = 6;

/** Lines from stage to stage, measured from where the stages stand. */
export function Connectors({ rail, version }: { rail: RefObject<HTMLElement | null>; version: string }) {
  const [paths, setPaths] = useState<string[]>([]);
  useEffect(() => {
    const element = rail.current;
    if (!element) return;
    const measure = () => setPaths(pathsOf(boxesIn(element)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, true);
    for (const node of element.querySelectorAll('[data-node]')) observer.observe(node);
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure, true);
    };
  }, [rail, version]);
  return (
    <svg className={classes.lines} aria-hidden focusable="false">
      {paths.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

function boxesIn(rail: HTMLElement): Box[] {
  const origin = rail.getBoundingClientRect();
  return [...rail.querySelectorAll<HTMLElement>('[data-node]')].flatMap((node) => {
    const r = node.getBoundingClientRect();
    const list = (node.closest('[role=group]') ?? node.parentElement!).getBoundingClientRect();
    const middleOnPage = r.top + r.height / 2;
    if (middleOnPage < list.top || middleOnPage > list.bottom) return []; // scrolled out of sight
    const top = r.top - origin.top;
    return [
      {
        id: node.dataset['node']!,
        stage: node.dataset['stage'] ?? '',
        left: r.left - origin.left,
        right: r.right - origin.left,
        top,
        bottom: r.bottom - origin.top,
        middle: top + r.height / 2,
      },
    ];
  });
}

/** Nothing when the stages do not stand in one row. */
function pathsOf(boxes: readonly Box[]): string[] {
  const trunk = boxes.filter((b) => !b.stage);
  const ids = trunk.map((b) => b.id);
  const inColumns = boxes.filter((b) => b.stage);
  const arms = inColumns.filter((b) => b.left - inColumns[0]!.left < RADIUS); // of the first column
  if (trunk.some((b, i) => i > 0 && b.left < trunk[i - 1]!.right)) return [];
  const paths = trunk.slice(1).map((b, i) => `M${trunk[i]!.right} ${b.middle}H${b.left}`);
  const last = trunk.at(-1);
  const first = arms[0];
  if (!last || !first || first.left < last.right) return paths;
  const room = first.left - last.right;
  const low = last.bottom + 7;
  for (const arm of arms) {
    const from = trunk.find((b) => b.id === lineFrom(arm.stage as StageName, ids));
    if (!from) continue;
    if (from === last) {
      paths.push(elbow(last.right, last.middle, last.right + room * 0.36, arm.middle, arm.left));
      continue;
    }
    // below the stages that it passes by
    const start = (from.left + from.right) / 2;
    const turn = last.right + room * 0.68;
    const down = arm.middle > low ? 1 : -1;
    paths.push(
      `M${start} ${from.bottom}V${low - RADIUS}q0 ${RADIUS} ${RADIUS} ${RADIUS}H${turn - RADIUS}` +
        (Math.abs(arm.middle - low) < 2 * RADIUS
          ? `H${arm.left}`
          : `q${RADIUS} 0 ${RADIUS} ${down * RADIUS}V${arm.middle - down * RADIUS}q0 ${down * RADIUS} ${RADIUS} ${down * RADIUS}H${arm.left}`),
    );
  }
  return paths;
}

function elbow(x1: number, y1: number, turn: number, y2: number, x2: number): string {
  if (Math.abs(y2 - y1) < 2 * RADIUS) return `M${x1} ${y1}C${turn} ${y1} ${turn} ${y2} ${x2} ${y2}`;
  const down = y2 > y1 ? 1 : -1;
  return `M${x1} ${y1}H${turn - RADIUS}q${RADIUS} 0 ${RADIUS} ${down * RADIUS}V${y2 - down * RADIUS}q0 ${down * RADIUS} ${RADIUS} ${down * RADIUS}H${x2}`;
}
