#!/usr/bin/env bash
# @tensorflow/tfjs 4.22.0: softplus(NaN) is Infinity on the WebGL backend and NaN on the CPU backend.
#
# A good guess: NaN goes in, NaN comes out, on every backend; log σ(x) = −softplus(−x) is the usual way to write the
# losses of DPO and of a Bradley–Terry reward model in a stable form. On WebGL the loss of a policy that has diverged
# reads Infinity for a NaN log-prob, and a test for "not a number" that looks for NaN alone does not see it. The
# shader compares x with two thresholds first; NaN passes neither comparison and falls through to log(exp(x) + 1),
# which the driver evaluates with a NaN operand as it likes.
#
# Seen: softplus of NaN, 0, 1: cpu NaN, 0.693, 1.313; webgl Infinity, 0.693, 1.313.
#
# Runs the pinned packages alone, in a Chromium from an npm package on its software GPU. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --no-audit --no-fund --ignore-scripts --silent \
  @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 @tensorflow/tfjs-backend-webgl@4.22.0 \
  playwright-core@1.58.2 @sparticuz/chromium@143.0.4 >/dev/null
cat >run.mjs <<'JS'
process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs20.x';
process.env.AWS_EXECUTION_ENV = 'AWS_Lambda_nodejs20.x';
const { default: packed } = await import('@sparticuz/chromium');
const { chromium } = await import('playwright-core');
const browser = await chromium.launch({
  executablePath: await packed.executablePath(),
  args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
try {
  const page = await browser.newPage();
  await page.goto('about:blank');
  for (const part of ['tfjs-core/dist/tf-core', 'tfjs-backend-cpu/dist/tf-backend-cpu', 'tfjs-backend-webgl/dist/tf-backend-webgl'])
    await page.addScriptTag({ path: `node_modules/@tensorflow/${part}.min.js` });
  const values = await page.evaluate(async () => {
    const out = {};
    for (const name of ['cpu', 'webgl']) {
      await tf.setBackend(name);
      tf.env().set('WEBGL_CPU_FORWARD', false);
      const plain = await tf.softplus(tf.tensor1d([NaN, 0, 1])).data();
      out[name] = Array.from(plain, String);
    }
    return out;
  });
  console.log('softplus of NaN, 0, 1:', JSON.stringify(values));
  const holds = values.cpu[0] === 'NaN' && values.webgl[0] === 'Infinity' && Math.abs(values.webgl[1] - Math.LN2) < 1e-6;
  console.log(holds ? 'as found' : 'CHANGED');
  process.exitCode = holds ? 0 : 1;
} finally {
  await browser.close();
}
JS
node run.mjs
