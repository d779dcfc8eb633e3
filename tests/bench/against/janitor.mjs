/** Hears what a benchmark starts and makes, and takes it away when its input ends: see scope.mts. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';

const processes = new Set();
const undo = [];

for await (const line of createInterface({ input: process.stdin })) {
  const { folder, repository, worktree, began, ended } = JSON.parse(line);
  if (began) processes.add(began);
  if (ended) processes.delete(ended);
  if (folder)
    undo.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  if (worktree)
    undo.push(() => {
      rmSync(worktree, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      execFileSync('git', ['-C', repository, 'worktree', 'prune']);
    });
}
for (const pid of processes)
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
for (const one of undo.reverse())
  try {
    one();
  } catch (error) {
    process.stderr.write(`not cleaned up: ${error.message}\n`);
  }
