import { SURFACES } from '../theme/palette';

/*
 * A chart of the page as one SVG that stands alone: the picture that recharts has drawn with its colours written into it,
 * and the words around it, which are HTML, as text at the places where the browser has laid them out.
 */

const SVG = 'http://www.w3.org/2000/svg';

/** What decides how something in an SVG looks, where it may come from CSS. */
const LOOKS = [
  ...[
    'fill',
    'fill-opacity',
    'stroke',
    'stroke-opacity',
    'stroke-width',
    'stroke-dasharray',
    'stroke-linecap',
  ],
  ...[
    'stroke-linejoin',
    'vector-effect',
    'paint-order',
    'opacity',
    'font-size',
    'font-weight',
    'text-anchor',
  ],
];
/** Of these, what says nothing. */
const USUAL: Readonly<Record<string, string>> = {
  ...{ 'fill-opacity': '1', 'stroke-opacity': '1', opacity: '1', stroke: 'none', 'vector-effect': 'none' },
  ...{
    'stroke-dasharray': 'none',
    'stroke-linecap': 'butt',
    'stroke-linejoin': 'miter',
    'paint-order': 'normal',
  },
  ...{ 'text-anchor': 'start', 'font-weight': '400' },
};

/** Switches, which do nothing on paper. */
const CONTROLS = 'button, input, label, [role=radiogroup]';

/** A line of the legend below a chart. */
export interface LegendEntry {
  name: string;
  colour: string;
  dashes?: string | undefined;
}

export interface PictureOptions {
  legend: readonly LegendEntry[];
  /** Below the legend, small. */
  note: string;
  /** Families by which the page writes. */
  family: string;
  /** `@font-face` rules, their fonts inside them. */
  fonts: string;
}

/** Room around a chart, and between the lines of its legend, pixels. */
const MARGIN = 12;
const LINE = 18;

/** A chart's frame as SVG text. Everything is measured, so it has to be laid out on the page. */
export function pictureOf(frame: HTMLElement, { legend, note, family, fonts }: PictureOptions): string {
  const box = frame.getBoundingClientRect();
  const root = document.createElementNS(SVG, 'svg');
  const inset = parseFloat(getComputedStyle(frame).paddingLeft) || 0;
  const rows = legendRows(legend, box.width - 2 * inset, family);
  const height = box.height + rows.length * LINE + LINE + 2 * MARGIN;
  const width = box.width + 2 * MARGIN;
  set(root, { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': family });
  if (fonts) root.append(element('style', {}, fonts));
  root.append(
    element('title', {}, frame.querySelector('h3')?.textContent ?? frame.innerText.split('\n')[0]!),
  );
  root.append(element('rect', { width, height, fill: SURFACES.light }));
  const content = element('g', { transform: `translate(${MARGIN} ${MARGIN})` });
  root.append(content);
  for (const svg of frame.querySelectorAll('svg'))
    if (!svg.closest(CONTROLS) && !svg.parentElement?.closest('svg')) content.append(drawn(svg, box));
  content.append(...words(frame, box));
  const top = box.height + LINE;
  rows.forEach((row, i) => content.append(...row.map((entry) => legendEntry(entry, inset, top + i * LINE))));
  const style = { x: inset, y: top + rows.length * LINE, 'font-size': 10, fill: '#555c68' };
  content.append(element('text', style, note));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

function set(of: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes))
    if (name !== 'xmlns') of.setAttribute(name, String(value));
}

function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElement {
  const made = document.createElementNS(SVG, name);
  set(made, attributes);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A copy of what was drawn, at its place, with everything that CSS says about it. */
function drawn(svg: SVGSVGElement, frame: DOMRect): SVGElement {
  const { left, top, width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [from, to] = [svg, copy].map((one) => [one, ...one.querySelectorAll('*')]) as [Element[], Element[]];
  from.forEach((original, i) => dress(to[i]!, getComputedStyle(original)));
  set(copy, { x: left - frame.left, y: top - frame.top, width, height, overflow: 'visible' });
  copy.removeAttribute('font-size');
  return copy;
}

function dress(copy: Element, style: CSSStyleDeclaration): void {
  if (style.display === 'none' || style.visibility === 'hidden') copy.remove();
  for (const name of ['class', 'style', 'role', 'tabindex', 'aria-hidden', 'aria-label'])
    copy.removeAttribute(name);
  for (const { name } of [...copy.attributes]) if (name.startsWith('data-')) copy.removeAttribute(name);
  for (const name of LOOKS) {
    const value = style.getPropertyValue(name);
    if (value && value !== USUAL[name]) copy.setAttribute(name, value);
    else copy.removeAttribute(name);
  }
}

/** The words of the frame outside of pictures and switches, line by line. */
function words(frame: HTMLElement, box: DOMRect): SVGElement[] {
  const walker = document.createTreeWalker(frame, NodeFilter.SHOW_TEXT);
  const found: SVGElement[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement!;
    if (!node.nodeValue?.trim() || parent.closest(`svg, ${CONTROLS}`)) continue;
    const style = getComputedStyle(parent);
    if (style.visibility === 'hidden' || style.clipPath !== 'none') continue;
    const size = parseFloat(style.fontSize);
    for (const { text, rect } of linesOf(node as Text))
      found.push(
        element(
          'text',
          {
            ...{ x: rect.left - box.left, y: rect.top + rect.height / 2 + 0.36 * size - box.top },
            ...{ 'font-size': style.fontSize, 'font-weight': style.fontWeight, fill: style.color },
          },
          text,
        ),
      );
  }
  return found;
}

/** Where the browser has broken a text. */
function linesOf(node: Text): { text: string; rect: DOMRect }[] {
  const lines: { text: string; rect: DOMRect }[] = [];
  const range = document.createRange();
  for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const rect = range.getBoundingClientRect();
    if (rect.width === 0) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.rect.top - rect.top) < 2) last.text += ` ${word}`;
    else lines.push({ text: word, rect });
  }
  return lines;
}

type Placed = LegendEntry & { x: number };

const SIGN = 24;

/** The legend in as many rows as it needs. */
function legendRows(legend: readonly LegendEntry[], width: number, family: string): Placed[][] {
  const measure = document.createElement('canvas').getContext('2d');
  if (measure) measure.font = `600 12px ${family}`;
  const rows: Placed[][] = [];
  let end = Infinity;
  for (const entry of legend) {
    const length = SIGN + (measure?.measureText(entry.name).width ?? 8 * entry.name.length) + 16;
    if (end + length > width) {
      rows.push([]);
      end = 0;
    }
    rows.at(-1)!.push({ ...entry, x: end });
    end += length;
  }
  return rows;
}

function legendEntry({ name, colour, dashes, x: at }: Placed, inset: number, y: number): SVGElement {
  const x = inset + at;
  const group = element('g', {});
  const line = { d: `M${x} ${y - 4}h18`, stroke: colour, 'stroke-width': 2, fill: 'none' };
  group.append(
    element('path', { ...line, ...(dashes ? { 'stroke-dasharray': dashes } : {}) }),
    element('text', { x: x + SIGN, y, 'font-size': 12, 'font-weight': 600, fill: colour }, name),
  );
  return group;
}
