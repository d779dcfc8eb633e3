import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants } from 'node:os';

/**
 * What has to be gone when the program ends, however it ends: with the last line, by an error, or by Ctrl-C. Everything
 * is undone in the opposite order, without waiting, since nothing can be waited for at the exit.
 */
export class Scope {
  private readonly undo: (() => void)[] = [];
  private readonly children = new Set<ChildProcess>();

  constructor() {
    process.on('exit', () => this.close());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }

  /** Something to do at the end. */
  atEnd(undo: () => void): void {
    this.undo.push(undo);
  }

  /** A folder that goes. */
  folder(path: string): string {
    this.atEnd(() => rmSync(path, { recursive: true, force: true, maxRetries: 3 }));
    return path;
  }

  /** A process that was started with `detached`: it is ended with all that it has started. */
  child(process: ChildProcess): void {
    this.children.add(process);
    process.once('close', () => this.children.delete(process));
  }

  close(): void {
    for (const child of this.children) endGroup(child);
    for (let undo = this.undo.pop(); undo; undo = this.undo.pop())
      try {
        undo();
      } catch (error) {
        console.error(`not cleaned up: ${(error as Error).message}`);
      }
  }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
