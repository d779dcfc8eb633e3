/** What is wrong with a checkpoint file, or with what shall be written into one. */
interface Problems {
  'file.short': { bytes: number };
  'file.headerTooLarge': { length: string; most: number };
  'file.headerCut': { end: number; bytes: number };
  'file.headerBegin': object;
  'file.headerEnd': object;
  'file.headerJson': object;
  'file.headerObject': object;
  /** A name that stands twice in one object of the header: the second would win without a word. */
  'file.twice': { name: string };
  'file.reserved': { name: string };
  'file.metadata': object;
  'file.noDescription': { tensor: string };
  'file.dtype': { tensor: string; dtype: string; known: string[] };
  'file.shape': { tensor: string };
  'file.offsets': { tensor: string };
  'file.reversed': { tensor: string; begin: number; end: number };
  'file.pastEnd': { tensor: string; end: number; bytes: number };
  'file.size': { tensor: string; bytes: number; dtype: string; shape: number[]; needed: number };
  'file.overlap': { tensor: string };
  'file.hole': { tensor: string };
  'file.rest': { bytes: number };
  'file.count': { tensor: string; count: number; shape: number[] };
  'file.half': { tensor: string; value: number };
  'file.integer': { tensor: string; value: number; dtype: string };
  'checkpoint.weights': { count: number; expected: number };
  'checkpoint.reserved': { name: string };
  'checkpoint.unexpected': { tensor: string };
  'checkpoint.missing': { tensor: string };
  'checkpoint.dtype': { tensor: string; dtype: string; expected: string[] };
  'checkpoint.shape': { tensor: string; shape: number[]; expected: number[] };
  'checkpoint.notFinite': { tensor: string; value: string; index: number };
  'checkpoint.noConfig': { name: string };
  'checkpoint.configJson': { name: string };
  'checkpoint.field': { field: string; value: string; most: number };
  'checkpoint.heads': { heads: number; width: number };
  'preferences.counts': { tensor: string; count: number; expected: number };
  'preferences.lengths': { tensor: string; sum: number; count: number };
  'preferences.id': { tensor: string; id: number; size: number };
  'artifact.kind': { kind: string };
  'artifact.number': { name: string; value: string };
}

/** All of them may say in which file. */
export type FileCodes = { [C in keyof Problems]: Problems[C] & { file?: string } };

type FileSentences = { [C in keyof FileCodes]: (values: FileCodes[C]) => string };

/** Sentences that begin with the file's name where it is known. */
const named = (sentences: { [C in keyof Problems]: (values: Problems[C]) => string }, colon: string) =>
  Object.fromEntries(
    Object.entries(sentences).map(([code, write]) => [
      code,
      (values: { file?: string }) =>
        (values.file ? `${values.file}${colon}` : '') + (write as (of: object) => string)(values),
    ]),
  ) as unknown as FileSentences;

const list = (numbers: readonly number[]): string => `[${numbers.join(', ')}]`;

export const en = named(
  {
    'file.short': ({ bytes }) => `truncated: ${bytes} bytes, but 8 hold the header's length`,
    'file.headerTooLarge': ({ length, most }) =>
      `header too large (${length} bytes, at most ${most}); is this a safetensors file?`,
    'file.headerCut': ({ end, bytes }) => `truncated: the header ends at byte ${end} of ${bytes}`,
    'file.headerBegin': () => 'the header does not begin with {',
    'file.headerEnd': () => 'the header is padded with something else than spaces',
    'file.headerJson': () => 'the header is not valid JSON',
    'file.headerObject': () => 'the header is not a JSON object',
    'file.twice': ({ name }) => `the name '${name}' is there twice`,
    'file.reserved': ({ name }) => `'${name}' cannot be a name here`,
    'file.metadata': () => '__metadata__ must map names to strings',
    'file.noDescription': ({ tensor }) => `tensor '${tensor}' has no description`,
    'file.dtype': ({ tensor, dtype, known }) =>
      `tensor '${tensor}' has dtype ${dtype}; understood are ${known.join(', ')}`,
    'file.shape': ({ tensor }) => `tensor '${tensor}' has a shape that is not a list of counts`,
    'file.offsets': ({ tensor }) => `tensor '${tensor}' has no valid data_offsets`,
    'file.reversed': ({ tensor, begin, end }) =>
      `tensor '${tensor}' ends at ${end} before it begins at ${begin}`,
    'file.pastEnd': ({ tensor, end, bytes }) =>
      `tensor '${tensor}' ends at byte ${end} of ${bytes}: truncated, or a wrong offset`,
    'file.size': ({ tensor, bytes, dtype, shape, needed }) =>
      `tensor '${tensor}' takes ${bytes} bytes, but ${dtype} ${list(shape)} needs ${needed}`,
    'file.overlap': ({ tensor }) => `tensor '${tensor}' overlaps another tensor`,
    'file.hole': ({ tensor }) => `hole in the data before tensor '${tensor}'`,
    'file.rest': ({ bytes }) => `${bytes} bytes after the last tensor belong to no tensor`,
    'file.count': ({ tensor, count, shape }) =>
      `tensor '${tensor}' has ${count} numbers for shape ${list(shape)}`,
    'file.half': ({ tensor, value }) =>
      `tensor '${tensor}' holds ${value}, too large for F16; store it as F32`,
    'file.integer': ({ tensor, value, dtype }) => `tensor '${tensor}' holds ${value}, which is no ${dtype}`,
    'checkpoint.weights': ({ count, expected }) => `${count} weights; this shape has ${expected}`,
    'checkpoint.reserved': ({ name }) => `metadata must not use the name '${name}'`,
    'checkpoint.unexpected': ({ tensor }) => `unexpected tensor '${tensor}'`,
    'checkpoint.missing': ({ tensor }) => `tensor '${tensor}' is missing`,
    'checkpoint.dtype': ({ tensor, dtype, expected }) =>
      `tensor '${tensor}' has dtype ${dtype} instead of ${expected.join(' or ')}`,
    'checkpoint.shape': ({ tensor, shape, expected }) =>
      `tensor '${tensor}' has shape ${list(shape)} instead of ${list(expected)}`,
    'checkpoint.notFinite': ({ tensor, value, index }) =>
      `tensor '${tensor}' holds ${value} at index ${index}`,
    'checkpoint.noConfig': ({ name }) => `the metadata has no '${name}': not one of our checkpoints`,
    'checkpoint.configJson': ({ name }) => `'${name}' is not valid JSON`,
    'checkpoint.field': ({ field, value, most }) =>
      `${field} is ${value}; it must be an integer from 1 to ${most}`,
    'checkpoint.heads': ({ heads, width }) => `n_head ${heads} does not divide n_embd ${width}`,
    'preferences.counts': ({ tensor, count, expected }) =>
      `tensor '${tensor}' has ${count} entries for ${expected} pairs`,
    'preferences.lengths': ({ tensor, sum, count }) =>
      `lengths of '${tensor}' add up to ${sum}, not ${count}`,
    'preferences.id': ({ tensor, id, size }) =>
      `tensor '${tensor}' holds the token ${id}; the vocabulary has ${size}`,
    'artifact.kind': ({ kind }) => `metadata 'kind' is ${kind}; expected model, reward or preferences`,
    'artifact.number': ({ name, value }) => `metadata '${name}' is not a number that can be used: ${value}`,
  },
  ': ',
);

export const zh = named(
  {
    'file.short': ({ bytes }) => `文件被截断：只有 ${bytes} 字节，而文件头长度就占 8 字节`,
    'file.headerTooLarge': ({ length, most }) =>
      `文件头过大（${length} 字节，最多 ${most}）；这是 safetensors 文件吗？`,
    'file.headerCut': ({ end, bytes }) => `文件被截断：文件头应到第 ${end} 字节，而文件共 ${bytes} 字节`,
    'file.headerBegin': () => '文件头不是以 { 开头',
    'file.headerEnd': () => '文件头末尾的填充不是空格',
    'file.headerJson': () => '文件头不是有效的 JSON',
    'file.headerObject': () => '文件头不是 JSON 对象',
    'file.twice': ({ name }) => `名称“${name}”出现了两次`,
    'file.reserved': ({ name }) => `“${name}”不能用作名称`,
    'file.metadata': () => '__metadata__ 的值必须都是字符串',
    'file.noDescription': ({ tensor }) => `张量“${tensor}”没有描述`,
    'file.dtype': ({ tensor, dtype, known }) =>
      `张量“${tensor}”的类型是 ${dtype}；支持的类型有 ${known.join('、')}`,
    'file.shape': ({ tensor }) => `张量“${tensor}”的形状不是一列非负整数`,
    'file.offsets': ({ tensor }) => `张量“${tensor}”的 data_offsets 无效`,
    'file.reversed': ({ tensor, begin, end }) => `张量“${tensor}”的终点 ${end} 在起点 ${begin} 之前`,
    'file.pastEnd': ({ tensor, end, bytes }) =>
      `张量“${tensor}”到第 ${end} 字节结束，而数据共 ${bytes} 字节：文件被截断，或偏移有误`,
    'file.size': ({ tensor, bytes, dtype, shape, needed }) =>
      `张量“${tensor}”占 ${bytes} 字节，而 ${dtype} ${list(shape)} 需要 ${needed}`,
    'file.overlap': ({ tensor }) => `张量“${tensor}”与另一个张量重叠`,
    'file.hole': ({ tensor }) => `张量“${tensor}”之前的数据有空洞`,
    'file.rest': ({ bytes }) => `最后一个张量之后的 ${bytes} 字节不属于任何张量`,
    'file.count': ({ tensor, count, shape }) => `张量“${tensor}”有 ${count} 个数，形状却是 ${list(shape)}`,
    'file.half': ({ tensor, value }) => `张量“${tensor}”含有 ${value}，超出 F16 的范围；请存为 F32`,
    'file.integer': ({ tensor, value, dtype }) => `张量“${tensor}”含有 ${value}，不是 ${dtype} 能表示的数`,
    'checkpoint.weights': ({ count, expected }) => `有 ${count} 个权重；这个形状应有 ${expected} 个`,
    'checkpoint.reserved': ({ name }) => `元数据不能使用名称“${name}”`,
    'checkpoint.unexpected': ({ tensor }) => `多出的张量“${tensor}”`,
    'checkpoint.missing': ({ tensor }) => `缺少张量“${tensor}”`,
    'checkpoint.dtype': ({ tensor, dtype, expected }) =>
      `张量“${tensor}”的类型是 ${dtype}，应为 ${expected.join(' 或 ')}`,
    'checkpoint.shape': ({ tensor, shape, expected }) =>
      `张量“${tensor}”的形状是 ${list(shape)}，应为 ${list(expected)}`,
    'checkpoint.notFinite': ({ tensor, value, index }) => `张量“${tensor}”在位置 ${index} 处是 ${value}`,
    'checkpoint.noConfig': ({ name }) => `元数据中没有“${name}”：不是本项目的检查点`,
    'checkpoint.configJson': ({ name }) => `“${name}”不是有效的 JSON`,
    'checkpoint.field': ({ field, value, most }) => `${field} 是 ${value}；必须是 1 到 ${most} 的整数`,
    'checkpoint.heads': ({ heads, width }) => `n_head ${heads} 不能整除 n_embd ${width}`,
    'preferences.counts': ({ tensor, count, expected }) =>
      `张量“${tensor}”有 ${count} 项，而比较共有 ${expected} 对`,
    'preferences.lengths': ({ tensor, sum, count }) => `“${tensor}”的各段长度之和是 ${sum}，不是 ${count}`,
    'preferences.id': ({ tensor, id, size }) => `张量“${tensor}”含有词元 ${id}，而词表只有 ${size} 个词元`,
    'artifact.kind': ({ kind }) => `元数据“kind”是 ${kind}；应为 model、reward 或 preferences`,
    'artifact.number': ({ name, value }) => `元数据“${name}”不是可用的数：${value}`,
  },
  '：',
);
