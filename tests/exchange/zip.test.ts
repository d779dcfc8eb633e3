import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { MOST_IN_ALL } from '../../src/exchange/files';
import { unzipped, zipped } from '../../src/exchange/zip';

const files = new Map([
  ['a/b.txt', new TextEncoder().encode('one')],
  ['c.bin', Uint8Array.of(0, 255)],
]);

describe('a zip', () => {
  it('comes back, and the same files give the same bytes', () => {
    expect(unzipped(zipped(files), 'x.zip')).toEqual(files);
    expect(zipped(files)).toEqual(zipped(files));
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('no zip at all, whatever its name says')],
    ['half of it', zipped(files).slice(0, 60)],
  ])('of %s is refused', (_, bytes) => {
    expect(() => unzipped(bytes, 'x.zip')).toThrow(/^x\.zip is not a zip file/);
  });

  it('of too many files is refused', () => {
    const many = Object.fromEntries(
      Array.from({ length: MOST_IN_ALL.files + 1 }, (_, i) => [`${i}`, new Uint8Array()]),
    );
    expect(() => unzipped(zipSync(many), 'x.zip')).toThrow(/more than 2000 files/);
  });

  it('that says it unpacks to more than is read is refused before anything is unpacked', () => {
    const bytes = zipped(new Map([['bomb', new Uint8Array(1000)]]));
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    view.setUint32(directory + 24, MOST_IN_ALL.bytes + 1, true);
    expect(() => unzipped(bytes, 'x.zip')).toThrow(/more than 536870912 bytes/);
  });
});
