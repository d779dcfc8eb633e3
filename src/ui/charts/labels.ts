/** Longest name that stands at the end of a line, in half-width characters. */
const LONGEST = 13;

/** Chinese characters are about twice as wide as Latin ones. */
const widthOf = (char: string): number => (/[\u2e80-\u9fff\uff00-\uffef]/.test(char) ? 2 : 1);

/** Width of a text in half-width characters. */
export const textWidth = (text: string): number => [...text].reduce((sum, char) => sum + widthOf(char), 0);

/** Whether all of these stand beside a line as they are. */
export const areShort = (names: readonly string[], longest = LONGEST): boolean =>
  names.every((name) => textWidth(name) <= longest);

const cut = (chars: readonly string[], width: number): string => {
  let used = 0;
  const kept = chars.filter((char) => (used += widthOf(char)) <= width);
  return kept.join('');
};

const start = (name: string, width: number): string => cut([...name], width).trimEnd();
const end = (name: string, width: number): string =>
  [...cut([...name].reverse(), width)].reverse().join('').trimStart();

const wordsOf = (name: string): string[] => name.split(/[\s,，、（）()]+/).filter(Boolean);

/** A name without the words that all of these have. */
function ownWords(name: string, among: readonly string[]): string {
  const shared = wordsOf(among[0]!).filter((word) => among.every((other) => wordsOf(other).includes(word)));
  return wordsOf(name)
    .filter((word) => !shared.includes(word))
    .join(' ');
}

/**
 * Names short enough for a chart and still different from each other: as they are, cut at the end, or, where
 * that makes some alike, only the words that tell these apart ("…0.05"), or cut in the middle.
 */
export function shortNames(names: readonly string[], longest = LONGEST): string[] {
  const cutAtEnd = (name: string) => (textWidth(name) <= longest ? name : `${start(name, longest - 1)}…`);
  const first = names.map(cutAtEnd);
  const isOnly = (among: readonly string[], i: number) =>
    among.filter((other) => other === among[i]).length === 1;
  const second = names.map((name, i) => {
    if (isOnly(first, i)) return first[i]!;
    const own = ownWords(
      name,
      names.filter((_, k) => first[k] === first[i]),
    );
    return own ? cutAtEnd(`…${own}`) : first[i]!;
  });
  return names.map((name, i) => {
    if (isOnly(second, i)) return second[i]!;
    const head = Math.ceil((longest - 1) / 3);
    return `${start(name, head)}…${end(name, longest - 1 - head)}`;
  });
}

/** Pixels per half-width character of a label. */
const CHARACTER = 6.4;
const ROOM = { least: 44, most: 144 };

/** Room to the right of the last value for these labels, pixels; `scale` is the size of type against the usual one. */
export const roomFor = (texts: readonly string[], scale = 1): number =>
  scale * Math.min(ROOM.most, Math.max(ROOM.least, 12 + CHARACTER * Math.max(0, ...texts.map(textWidth))));
