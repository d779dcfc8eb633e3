import { useCallback, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { bytesOfText } from '../../exchange/files';
import { message, MessageError } from '../../messages';
import { i18n } from '../i18n';
import { taskText } from '../i18n/dynamic';
import { armLegend } from './legend';
import { useLab } from '../store/useLab';
import { theme } from '../theme/theme';
import { fontRule } from './fonts';
import { pictureOf } from './picture';
import { PrintRoom, type Prints } from './Prints';
import { pngOf } from './raster';

export type PictureFormat = 'svg' | 'png';

interface Asked {
  prints: Prints;
  onDrawn: (frames: HTMLElement[] | null) => void;
}

/** Draws pictures: what makes them, and what has to be on the page meanwhile. */
export function usePictures(): {
  pictures: (prints: Prints, format: PictureFormat, only?: string) => Promise<Map<string, Uint8Array>>;
  room: ReactNode;
} {
  const [asked, setAsked] = useState<Asked | null>(null);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const pictures = useCallback(async (prints: Prints, format: PictureFormat, only?: string) => {
    const before = queue.current;
    const made = (async () => {
      await before.catch(() => undefined);
      const fonts = await fontRule();
      try {
        const frames = await new Promise<HTMLElement[] | null>((onDrawn) =>
          flushSync(() => setAsked({ prints, onDrawn })),
        );
        if (!frames) throw problem(i18n.t('transfer.charts.late'));
        const wanted = frames.filter((frame) => only === undefined || frame.dataset['chart'] === only);
        if (wanted.length === 0) throw problem(i18n.t('transfer.charts.none'));
        return await filesOf(wanted, prints, format, fonts);
      } finally {
        setAsked(null);
      }
    })();
    queue.current = made;
    return made;
  }, []);
  return { pictures, room: asked && <PrintRoom {...asked} /> };
}

const problem = (text: string) => new MessageError(message('foreign', { text }));

async function filesOf(
  frames: readonly HTMLElement[],
  prints: Prints,
  format: PictureFormat,
  fonts: string,
): Promise<Map<string, Uint8Array>> {
  const { config } = useLab.getState();
  const seed = i18n.t('transfer.charts.seed', { seed: String(config.seed) });
  const note = `Alignlet · ${taskText(config.task)} · ${seed}`;
  const legend = prints.of === 'arms' ? armLegend() : [];
  const files = new Map<string, Uint8Array>();
  for (const frame of frames) {
    const svg = pictureOf(frame, { legend, note, family: theme.fontFamily!, fonts });
    const name = frame.dataset['chart'] ?? frame.innerText.split('\n')[0]!.replaceAll(/[^\w.-]+/g, '-');
    files.set(
      `${name}.${format}`,
      format === 'svg' ? bytesOfText(svg) : await pngOf(svg, i18n.t('transfer.charts.canvas')),
    );
  }
  return files;
}
