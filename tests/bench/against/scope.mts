import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const JANITOR = fileURLToPath(new URL('janitor.mjs', import.meta.url));

/**
 * What has to be gone when the program ends, however it ends: with the last line, by an error, by Ctrl-C, or killed. A
 * process of its own does it, since one that is killed cannot, and hears of our end by the end of its input.
 */
export class Scope {
  private readonly janitor = spawn(process.execPath, [JANITOR], {
    detached: true, // Ctrl-C is not for it
    stdio: ['pipe', 'ignore', 'inherit'],
  });

  constructor() {
    this.janitor.unref();
  }

  /** A folder that goes. */
  folder(path: string): string {
    this.tell({ folder: path });
    return path;
  }

  /** A worktree of a repository that goes, and is forgotten there. */
  worktree(repository: string, path: string): void {
    this.tell({ repository, worktree: path });
  }

  /** A process that was started with `detached`: it is ended with all that it has started. */
  child(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.tell({ began: pid });
    child.once('close', () => this.tell({ ended: pid }));
  }

  /** Resolves when all is gone. */
  async close(): Promise<void> {
    if (this.janitor.exitCode !== null) return;
    const gone = once(this.janitor, 'exit');
    this.janitor.ref();
    this.janitor.stdin!.end();
    await gone;
  }

  private tell(line: object): void {
    if (this.janitor.stdin!.writable) this.janitor.stdin!.write(`${JSON.stringify(line)}\n`);
  }
}
