import type { QuickJSWASMModule } from 'quickjs-emscripten-core';

let loading: Promise<QuickJSWASMModule> | undefined;

/** QuickJS compiled to WebAssembly: 0.5 MB that only comes when a rule is to be run. A load that failed is tried again. */
export function loadQuickJs(): Promise<QuickJSWASMModule> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<QuickJSWASMModule> {
  const [{ newQuickJSWASMModuleFromVariant }, { default: variant }] = await Promise.all([
    import('quickjs-emscripten-core'),
    import('@jitl/quickjs-wasmfile-release-sync'),
  ]);
  return newQuickJSWASMModuleFromVariant(variant);
}

/** For an interpreter that has broken off in its midst: whoever asks next gets a fresh one. */
export function forgetQuickJs(): void {
  loading = undefined;
}
