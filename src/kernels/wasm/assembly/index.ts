/** All kernels; pointers are byte addresses in the exported memory, strides and sizes count float32. */
export { pack, packTransposed } from './pack';
export { linear } from './linear';
export { linearBackwardWeight } from './linear-backward-weight';
export { embedding } from './embedding';
export { embeddingBackward } from './embedding-backward';
export { layerNorm } from './layer-norm';
export { layerNormBackward, layerNormBackwardWeight } from './layer-norm-backward';
export { gelu } from './gelu';
export { geluBackward } from './gelu-backward';
export { attention } from './attention';
export { attentionBackward } from './attention-backward';
export { gatherRows, scatterRows } from './rows';
export { tokenLogProb } from './token-log-prob';
export { tokenLogProbBackward } from './token-log-prob-backward';
export { scalarHead } from './scalar-head';
export { scalarHeadBackward } from './scalar-head-backward';
export { globalNorm } from './global-norm';
export { adamw } from './adamw';
export { gumbelSample, gumbelRow } from './gumbel-sample';
export { cacheWrite } from './cache-write';
export { decodeAttention } from './decode-attention';
export { expAll, logAll } from './math';

/** First free byte after static data. */
export function heapBase(): usize {
  return __heap_base;
}
