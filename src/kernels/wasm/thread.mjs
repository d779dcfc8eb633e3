/**
 * One thread of the pool in threads.ts, which explains the protocol. Plain JavaScript that imports nothing
 * by name, so that browsers, bundlers and Node run it as it is.
 */

/* global WebAssembly */

/** As in threads.ts. */
const [TICKETS, PENDING, LIMIT, FAILED] = [0, 1, 2, 3];
const TASK = 24;
const SPINS = 4000;

const nodeName = 'node:worker_threads';
const port =
  typeof WorkerGlobalScope === 'function'
    ? globalThis
    : (await import(/* @vite-ignore */ nodeName)).parentPort;

function serve({ module, memory, control, tasks, index }) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = WebAssembly.Module.exports(module).map(({ name }) => exports[name]);
  port.postMessage('ready');
  for (;;) {
    const limit = Atomics.load(control, LIMIT);
    if (limit <= index) {
      Atomics.wait(control, LIMIT, limit);
      continue;
    }
    const tickets = Atomics.load(control, TICKETS);
    const left = tickets & 255;
    if (left === 0) {
      // the next task mostly comes within microseconds, sooner than the system wakes a thread
      for (let i = 0; i < SPINS; i++) if (Atomics.load(control, TICKETS) !== tickets) break;
      Atomics.wait(control, TICKETS, tickets);
      continue;
    }
    if (Atomics.compareExchange(control, TICKETS, tickets, tickets - 1) !== tickets) continue;
    const at = (left - 1) * TASK;
    try {
      kernels[tasks[at]](...tasks.subarray(at + 2, at + 2 + tasks[at + 1]));
    } catch (error) {
      Atomics.store(control, FAILED, 1);
      port.postMessage({ failed: String(error) });
    }
    if (Atomics.sub(control, PENDING, 1) === 1) Atomics.notify(control, PENDING);
  }
}

if (port.on) port.on('message', serve);
else port.onmessage = ({ data }) => serve(data);
