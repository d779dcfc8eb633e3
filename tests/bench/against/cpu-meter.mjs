/** Loaded into a process of Node and all that it starts (NODE_OPTIONS): notes at its end how long it has computed. */
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

if (isMainThread)
  process.on('exit', () => {
    const { user, system } = process.cpuUsage(); // of all its threads
    appendFileSync(process.env.ALIGNLET_CPU_FILE, `${user + system}\n`);
  });
