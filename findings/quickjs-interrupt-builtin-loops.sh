#!/usr/bin/env bash
# quickjs-emscripten 0.32.0: an interrupt handler does not stop loops inside of built-in functions.
#
# A good guess: `runtime.setInterruptHandler` is asked again and again while code runs, so a deadline or a count in it
# bounds any evaluation, as the README's example with `shouldInterruptAfterDeadline` suggests. QuickJS asks it at backward jumps
# and calls of bytecode only: `for (;;);` is stopped, `new Array(2e7).join()` runs to its end without one question, and
# `new Array(1e9).join('x')` took 102 s here under a handler that said "interrupt" from its 100th question on. Whoever runs code of strangers needs a
# worker (or process) to end, besides the handler.
#
# Seen: loop in JavaScript: interrupted. Loop in Array.prototype.join over 20,000,000 holes: not interrupted, the handler
# asked once at most.
#
# Runs the pinned packages alone. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent quickjs-emscripten-core@0.32.0 @jitl/quickjs-wasmfile-release-sync@0.32.0 >/dev/null
cat >run.mjs <<'JS'
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core';
const quickJs = await newQuickJSWASMModuleFromVariant(variant);
function run(code) {
  const runtime = quickJs.newRuntime();
  let asked = 0;
  runtime.setInterruptHandler(() => ++asked > 1); // from the second question on
  const context = runtime.newContext();
  const result = context.evalCode(code);
  const interrupted = result.error ? context.dump(result.error).message === 'interrupted' : false;
  result.dispose();
  context.dispose();
  runtime.dispose();
  console.log(`${code}: ${interrupted ? 'interrupted' : 'ran to its end'}, handler asked ${asked} times`);
  return { interrupted, asked };
}
const loop = run('for (;;);');
const builtIn = run('new Array(2e7).join().length');
process.exitCode = loop.interrupted && !builtIn.interrupted && builtIn.asked <= 1 ? 0 : 1;
JS
node run.mjs && echo 'as found' || { echo CHANGED; exit 1; }
