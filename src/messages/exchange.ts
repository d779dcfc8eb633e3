/** What is wrong with files that come from elsewhere, and what another program has no equivalent for. */
interface Problems {
  /** A file that has to be there is not. */
  'exchange.missing': { file: string };
  /** A file of more bytes than are read. */
  'exchange.tooLarge': { file: string; bytes: number; most: number };
  /** More files, or more bytes in all, than are read. */
  'exchange.tooMuch': { what: 'files' | 'bytes'; most: number };
  /** Bytes that are no text. */
  'exchange.notText': { file: string };
  'exchange.notJson': { file: string; text: string };
  'exchange.zip': { file: string; text: string };
  'exchange.parquet': { file: string; text: string };
  /** A table of other columns than it must have. */
  'exchange.columns': { got: readonly string[]; expected: readonly string[] };
  /** A vocabulary that is not the lab's. */
  'exchange.vocabulary': { id: number; got: string; expected: string };
  'exchange.vocabularySize': { size: number; expected: number };
  /** A part of a tokenizer that makes other ids of the same text. */
  'exchange.tokenizer': { part: string };
  /** An output head of its own, where the lab's is the embedding. */
  'exchange.untied': object;
  /** A word outside the vocabulary. */
  'exchange.word': { word: string };
  /** An answer that is joined to its prompt without a space. */
  'exchange.space': object;
  'exchange.noTokens': object;
  'exchange.tooLong': { tokens: number; most: number };
  /** A prompt that is none of the task's, so that nothing tells how good an answer is. */
  'exchange.prompt': { task: string };
  /** Two numbers that have to be the same. */
  'exchange.differs': { name: string; got: string; expected: string };
  /** A file of a later version than is known. */
  'exchange.version': { version: number; most: number };
  /** A file whose contents are not those that were written. */
  'exchange.changed': { file: string };
  /** A model that another program has trained on. */
  'exchange.trainedOn': object;
  /** A run that has neither come to its end nor failed, or both. */
  'exchange.oneEnd': object;
  /** A folder in which there is nothing that can be read. */
  'exchange.nothing': { expected: readonly string[] };
  /** All work of a browser where one lab is opened. */
  'exchange.work': object;
}

/** Settings of the lab that TRL has no equivalent for. */
interface Refusals {
  'trl.ipo': object;
  'trl.referenceFree': object;
  'trl.halfSmoothing': object;
  'trl.noClip': object;
  'trl.goldReward': object;
  'trl.pretrainMix': object;
  'trl.discount': object;
  'trl.stage': { stage: string };
  'trl.noRun': { name: string };
  'onnx.reward': object;
  'onnx.prefix': object;
}

export type ExchangeCodes = Problems & Refusals;

type ExchangeSentences = { [C in keyof ExchangeCodes]: (values: ExchangeCodes[C]) => string };

export const en: ExchangeSentences = {
  'exchange.missing': ({ file }) => `${file} is missing`,
  'exchange.tooLarge': ({ file, bytes, most }) => `${file} has ${bytes} bytes; at most ${most} are read`,
  'exchange.tooMuch': ({ what, most }) => `there are more than ${most} ${what}; nothing was read`,
  'exchange.notText': ({ file }) => `${file} is not UTF-8 text`,
  'exchange.notJson': ({ file, text }) => `${file} is not JSON: ${text}`,
  'exchange.zip': ({ file, text }) => `${file} is not a zip file that can be read: ${text}`,
  'exchange.parquet': ({ file, text }) => `${file} is not a parquet file that can be read: ${text}`,
  'exchange.columns': ({ got, expected }) =>
    `the columns are ${got.join(', ') || 'none'}; they must be ${expected.join(', ')}`,
  'exchange.vocabulary': ({ id, got, expected }) =>
    `token ${id} is ${got}, in this lab ${expected}: a model with another vocabulary cannot be read`,
  'exchange.vocabularySize': ({ size, expected }) =>
    `the vocabulary has ${size} tokens, this lab’s ${expected}`,
  'exchange.tokenizer': ({ part }) => `${part} is not the lab’s: the same text would get other ids`,
  'exchange.untied': () => 'lm_head.weight is not the embedding: the lab’s head is tied to it',
  'exchange.word': ({ word }) => `the word ${word} is not in the vocabulary`,
  'exchange.space': () => 'an answer must begin with the space that separates it from its prompt',
  'exchange.noTokens': () => 'there is no word in it',
  'exchange.tooLong': ({ tokens, most }) =>
    `prompt and answer are ${tokens} tokens long; the model has ${most}`,
  'exchange.prompt': ({ task }) =>
    `the prompt is none of the task ${task}, so the lab cannot tell how good the answers are`,
  'exchange.differs': ({ name, got, expected }) =>
    `${name} is ${got}; with the rest of the file it must be ${expected}`,
  'exchange.version': ({ version, most }) =>
    `the file is of version ${version}; this program reads files up to version ${most}`,
  'exchange.changed': ({ file }) => `${file} is damaged or was changed after it was written`,
  'exchange.trainedOn': () =>
    'was changed after it was exported, so it is not the result of these settings; left out',
  'exchange.oneEnd': () => 'a run has either a summary or a failure',
  'exchange.work': () => 'it holds all work of a browser: import it in “Stored work”',
  'exchange.nothing': ({ expected }) =>
    `there is nothing here that can be read; expected ${expected.join(' or ')}`,

  'trl.ipo': () =>
    'IPO: this lab compares log-probs summed over an answer, TRL divides them by its length; there is no setting of TRL that gives the same loss',
  'trl.referenceFree': () =>
    'reference-free DPO: TRL’s DPOTrainer always subtracts the reference’s log-probs',
  'trl.halfSmoothing': () =>
    'label smoothing of one half says that labels tell nothing; TRL’s loss divides by 0 there',
  'trl.noClip': () => 'a clip range that is switched off: TRL’s trainers always clip the ratio',
  'trl.goldReward': () => 'the gold reward: it exists in this lab only; the scripts use the reward model',
  'trl.pretrainMix': () => 'the pretraining mix (PPO-ptx): TRL’s trainers have no such term',
  'trl.discount': () => 'a discount below 1: GRPO and RLOO see an answer as one action',
  'trl.stage': ({ stage }) => `${stage} has no trainer in TRL`,
  'trl.noRun': ({ name }) =>
    `${name} is one file; a bundle needs a run or a trunk with demonstrations, pairs and a reward model`,
  'onnx.reward': () =>
    'transformers.js has no sequence classifier of the kind GPT-2; ONNX is written for language models only',
  'onnx.prefix': () =>
    'a prefix LM needs a mask that transformers.js does not pass; ONNX is written for causal models only',
};

export const zh: ExchangeSentences = {
  'exchange.missing': ({ file }) => `缺少 ${file}`,
  'exchange.tooLarge': ({ file, bytes, most }) => `${file} 有 ${bytes} 字节，最多读取 ${most} 字节`,
  'exchange.tooMuch': ({ what, most }) =>
    what === 'files' ? `文件多于 ${most} 个，什么都没有读取` : `总共多于 ${most} 字节，什么都没有读取`,
  'exchange.notText': ({ file }) => `${file} 不是 UTF-8 文本`,
  'exchange.notJson': ({ file, text }) => `${file} 不是 JSON：${text}`,
  'exchange.zip': ({ file, text }) => `${file} 不是可以读取的 zip 文件：${text}`,
  'exchange.parquet': ({ file, text }) => `${file} 不是可以读取的 parquet 文件：${text}`,
  'exchange.columns': ({ got, expected }) => `列为 ${got.join('、') || '空'}，应为 ${expected.join('、')}`,
  'exchange.vocabulary': ({ id, got, expected }) =>
    `词元 ${id} 是 ${got}，而本实验室的是 ${expected}：词表不同的模型无法读取`,
  'exchange.vocabularySize': ({ size, expected }) => `词表有 ${size} 个词元，本实验室的有 ${expected} 个`,
  'exchange.tokenizer': ({ part }) => `${part} 与本实验室的不同：同样的文本会得到不同的词元编号`,
  'exchange.untied': () => 'lm_head.weight 与嵌入矩阵不同：本实验室的输出头与嵌入共享',
  'exchange.word': ({ word }) => `词表中没有 ${word} 这个词`,
  'exchange.space': () => '回答必须以与提示分隔的空格开头',
  'exchange.noTokens': () => '其中没有词',
  'exchange.tooLong': ({ tokens, most }) => `提示加回答共 ${tokens} 个词元，模型最多 ${most} 个`,
  'exchange.prompt': ({ task }) => `这个提示不属于任务 ${task}，实验室无法判断回答的好坏`,
  'exchange.differs': ({ name, got, expected }) => `${name} 为 ${got}，按文件其余部分应为 ${expected}`,
  'exchange.version': ({ version, most }) => `文件的版本为 ${version}，本程序最多读取版本 ${most}`,
  'exchange.changed': ({ file }) => `${file} 已损坏，或在写出之后被修改`,
  'exchange.trainedOn': () => '在导出之后被修改，不再是这些设置的结果；已略去',
  'exchange.oneEnd': () => '一次运行要么有结果，要么有失败的原因',
  'exchange.work': () => '它包含一个浏览器的全部工作：请在“已存的工作”中导入',
  'exchange.nothing': ({ expected }) => `这里没有可以读取的内容，应有 ${expected.join(' 或 ')}`,

  'trl.ipo': () => 'IPO：本实验室比较回答的对数概率之和，而 TRL 将其除以长度；TRL 没有能给出同样损失的设置',
  'trl.referenceFree': () => '无参考模型的 DPO：TRL 的 DPOTrainer 总会减去参考模型的对数概率',
  'trl.halfSmoothing': () => '标签平滑为二分之一意味着标签不含信息；TRL 的损失在此会除以 0',
  'trl.noClip': () => '关闭截断范围：TRL 的训练器总会截断概率比',
  'trl.goldReward': () => '真实奖励：它只存在于本实验室；脚本使用奖励模型',
  'trl.pretrainMix': () => '混入预训练数据（PPO-ptx）：TRL 的训练器没有这一项',
  'trl.discount': () => '折扣小于 1：GRPO 和 RLOO 把整个回答当作一个动作',
  'trl.stage': ({ stage }) => `TRL 没有对应 ${stage} 的训练器`,
  'trl.noRun': ({ name }) => `${name} 只是一个文件；打包需要一次运行或一条含示范、偏好对与奖励模型的主干`,
  'onnx.reward': () => 'transformers.js 没有 GPT-2 的序列分类器；ONNX 只为语言模型写出',
  'onnx.prefix': () => '前缀语言模型需要 transformers.js 不会传入的掩码；ONNX 只为因果模型写出',
};
