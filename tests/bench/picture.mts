import type { GrowthPoint } from '../../src/bench/results';
import { device } from './report.mjs';
import type { Saved } from './saved.mjs';

const PANELS: [GrowthPoint['axis'], string][] = [
  ['batch', 'rows per batch'],
  ['context', 'tokens per row'],
  ['width', 'width'],
  ['depth', 'layers'],
  ['arms', 'arms at once'],
];
/** Okabe and Ito's colours; shape tells them apart as well. */
const LINES: Record<string, { colour: string; label: string }> = {
  fused: { colour: '#0072B2', label: 'Alignlet, fused' },
  plain: { colour: '#D55E00', label: 'plain tfjs' },
};
const PANEL = { width: 230, height: 230, left: 52, top: 44, right: 14, bottom: 46 };

/** Step time against each dimension, both axes logarithmic; a row of panels for every device that was measured. */
export function growthPicture({ sections }: Saved): string {
  const grown = sections.filter((s) => s.growth.length);
  const axes = PANELS.filter(([axis]) => grown.some((s) => s.growth.some((p) => p.axis === axis)));
  const width = Math.max(1, axes.length) * PANEL.width;
  const rowHeight = PANEL.height + 24;
  const height = grown.length * rowHeight + 40;
  const rows = grown.map((section, at) => {
    const times = section.growth.map((p) => p.ms);
    const [low, high] = [Math.min(...times) / 1.3, Math.max(...times) * 1.3];
    const panels = axes.flatMap(([axis, title], i) => {
      const points = section.growth.filter((p) => p.axis === axis);
      return points.length ? [panel(points, title, i * PANEL.width, low, high)] : [];
    });
    return `<g transform="translate(0 ${at * rowHeight})">
<text x="${PANEL.left}" y="18" font-size="13">${escape(`${section.backend} on ${device(section)}`)}</text>
<g transform="translate(0 20)">
${panels.join('\n')}
</g>
</g>`;
  });
  const legend = Object.values(LINES).map(
    ({ colour, label }, i) =>
      `<g transform="translate(${PANEL.left + i * 150} ${height - 18})"><line x2="22" stroke="${colour}" stroke-width="2"/><text x="28" y="4">${label}</text></g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" fill="#333" role="img" aria-label="Milliseconds per training step against batch, context, width, depth and number of arms, on ${grown.map((s) => s.backend).join(', ')}">
<rect width="100%" height="100%" fill="#fff"/>
${rows.join('\n')}
${legend.join('\n')}
<text x="${width - PANEL.right}" y="${height - 14}" text-anchor="end">both axes logarithmic; dotted: proportional growth</text>
</svg>
`;
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function panel(points: readonly GrowthPoint[], title: string, at: number, low: number, high: number): string {
  const values = [...new Set(points.map((p) => p.value))].sort((a, b) => a - b);
  const inner = { w: PANEL.width - PANEL.left - PANEL.right, h: PANEL.height - PANEL.top - PANEL.bottom };
  const [first, last] = [values[0]!, values[values.length - 1]!];
  const x = (v: number) =>
    PANEL.left + (inner.w * Math.log(v / first)) / Math.log(Math.max(last / first, 1.0001));
  const y = (ms: number) => PANEL.top + inner.h * (1 - Math.log(ms / low) / Math.log(high / low));
  const ticks = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000].filter((t) => t >= low && t <= high);
  const grid = ticks.map(
    (t) =>
      `<line x1="${PANEL.left}" x2="${PANEL.left + inner.w}" y1="${f(y(t))}" y2="${f(y(t))}" stroke="#e4e4e4"/><text x="${PANEL.left - 6}" y="${f(y(t) + 4)}" text-anchor="end">${t}</text>`,
  );
  const labels = values.map(
    (v) => `<text x="${f(x(v))}" y="${PANEL.top + inner.h + 16}" text-anchor="middle">${v}</text>`,
  );
  const lines = Object.entries(LINES).map(([id, { colour }]) => {
    const own = points.filter((p) => p.contender === id).sort((a, b) => a.value - b.value);
    if (!own.length) return '';
    const path = own.map((p) => `${f(x(p.value))},${f(y(p.ms))}`).join(' ');
    const dots = own.map((p) =>
      id === 'fused'
        ? `<circle cx="${f(x(p.value))}" cy="${f(y(p.ms))}" r="3" fill="${colour}"/>`
        : `<rect x="${f(x(p.value) - 3)}" y="${f(y(p.ms) - 3)}" width="6" height="6" fill="${colour}"/>`,
    );
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
  });
  const own = points.filter((p) => p.contender === 'fused').sort((a, b) => a.value - b.value);
  const begin = own[0];
  const proportional =
    begin && begin.ms * (last / first) <= high
      ? `<line x1="${f(x(first))}" y1="${f(y(begin.ms))}" x2="${f(x(last))}" y2="${f(y(begin.ms * (last / first)))}" stroke="#888" stroke-dasharray="2 3"/>`
      : '';
  return `<g transform="translate(${at} 0)">
<text x="${PANEL.left}" y="24" font-size="12" font-weight="bold">ms per step against ${title}</text>
${grid.join('\n')}
${labels.join('\n')}
${proportional}
${lines.join('\n')}
</g>`;
}

const f = (n: number): string => n.toFixed(1);
