import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { open, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/*
 * Who computes what, where several processes share a folder, also of several machines. A claim is a file that only
 * one of them can create (O_EXCL is atomic on local disks and on network folders). It is void as soon as its process
 * is gone, which is known at once on the same machine; and if it has given no sign of life while it was being watched,
 * since clocks of different machines are not to be compared. At worst something is computed twice: results are
 * written whole, and the same.
 */

/** How often a claim that is held gives a sign of life, ms. */
const BEAT = 10_000;

/** A claim without a sign of life for so long is void, ms: network folders show what others write late. */
const PATIENCE = 120_000;

interface Holder {
  machine: string;
  pid: number;
  /** When the process began, where the system tells: numbers of processes come again. */
  began?: string | undefined;
  token: string;
}

const told = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return ''; // not on this system
  }
};

/** Processes with the same number here are the same process: one host, one boot, one container. */
const MACHINE = [
  hostname(),
  told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
  told(() => readlinkSync('/proc/self/ns/pid')),
].join(' ');

/** State and beginning of a process, as Linux tells them: see proc_pid_stat(5). */
function processOf(pid: number): { state?: string | undefined; began?: string | undefined } {
  const text = told(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before may hold anything
  return text ? { state: fields[0], began: fields[19] } : {};
}

function isRunning({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = processOf(pid);
  return now.state !== 'Z' && (began === undefined || now.began === undefined || began === now.began);
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** A claim as it lies there. */
interface Found {
  text: string;
  /** Time of the last sign of life, by whatever clock. */
  sign: number;
}

async function find(file: string): Promise<Found | undefined> {
  try {
    const handle = await open(file); // opening it asks the server of a network folder anew
    try {
      return { text: await handle.readFile('utf8'), sign: (await handle.stat()).mtimeMs };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function holderOf(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined; // just being written, or never was
  }
}

/** Creates a file. False where there is one; throws where nothing can be written. */
async function create(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    await rm(file, { force: true }).catch(() => undefined); // the disk is full: created, but empty
    throw error;
  }
}

/** Those whose claims are given back when this process ends. */
const atWork = new Set<Claims>();
const giveAllBack = () => {
  for (const claims of atWork) claims.giveBack();
};

/** The claims of this process. */
export class Claims {
  /** What is held, with the text that makes it ours. */
  private readonly held = new Map<string, string>();
  /** What others hold: their last sign of life, and when it was first seen by our clock. */
  private readonly watched = new Map<string, Found & { since: number }>();
  private readonly beat: NodeJS.Timeout;
  constructor(
    private readonly patience = PATIENCE,
    beat = BEAT,
  ) {
    this.beat = setInterval(() => {
      const now = new Date();
      for (const file of this.held.keys()) void utimes(file, now, now).catch(() => undefined);
    }, beat);
    this.beat.unref();
    if (atWork.size === 0) process.on('exit', giveAllBack);
    atWork.add(this);
  }

  /** Claims what the file stands for. False while another process has it. Throws where nothing can be written. */
  async take(file: string): Promise<boolean> {
    for (;;) {
      const { began } = processOf(process.pid);
      const me: Holder = { machine: MACHINE, pid: process.pid, began, token: randomUUID() };
      const text = JSON.stringify(me);
      if (await create(file, text)) {
        this.held.set(file, text);
        return true;
      }
      const found = await find(file);
      if (!found) continue; // given back just now
      return this.isVoid(file, found) && (await this.inherit(file, found, text));
    }
  }

  /**
   * Puts our claim in the place of a void one, in one go. Of several that try only the one that has created the file
   * `heir` may, and only while the void claim is still there.
   */
  private async inherit(file: string, { text: before }: Found, text: string): Promise<boolean> {
    const heir = `${file}.heir.draft`;
    if (!(await create(heir, text))) {
      const other = await find(heir);
      if (other && this.isVoid(heir, other)) await rm(heir, { force: true }); // it ended just then
      return false;
    }
    const isSame = (await find(file))?.text === before;
    if (isSame) await rename(heir, file);
    else await rm(heir, { force: true });
    if (isSame) this.held.set(file, text);
    return isSame;
  }

  private isVoid(file: string, found: Found): boolean {
    const holder = holderOf(found.text);
    if (holder?.machine === MACHINE && !isRunning(holder)) return true;
    const now = performance.now();
    const before = this.watched.get(file);
    if (before?.text === found.text && before.sign === found.sign) return now - before.since > this.patience;
    this.watched.set(file, { ...found, since: now });
    return false;
  }

  /** Gives back what was claimed, unless another has taken it over. */
  async release(file: string): Promise<void> {
    const text = this.held.get(file);
    this.held.delete(file);
    if (text !== undefined && (await find(file))?.text === text) await rm(file, { force: true });
  }

  /** At the end of the process: all of them at once. */
  giveBack(): void {
    for (const [file, text] of this.held) if (told(() => readFileSync(file, 'utf8')) === text) rmSync(file);
  }

  /** No more signs of life. */
  close(): void {
    clearInterval(this.beat);
    atWork.delete(this);
    if (atWork.size === 0) process.off('exit', giveAllBack);
  }
}
