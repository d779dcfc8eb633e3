import type { Sentences } from './codes';
import { zh as files } from './files';
import { zh as records } from './records';

export const zh: Sentences = {
  ...files,
  ...records,
  foreign: ({ text }) => text,
  'answers.alike': ({ prompts }) =>
    `模型对 ${prompts} 个提示都两次给出同样的回答，没有可以比较的内容：模型已经崩溃；请减少 SFT 的步数或降低学习率`,
  'pairs.none': () =>
    '没有可供学习的比较；请增加比较的数量；如果 SFT 的回答全都一样，请减少它的步数或降低学习率',
  'teacher.endless': () => '教师从不结束回答，没有可以学习的内容；请增加其 SFT 的步数',
  'ppo.minibatches': ({ rollouts, minibatches }) =>
    `每次迭代的 ${rollouts} 个回答无法分成 ${minibatches} 个小批；最多 ${rollouts} 个，或者增加回答数`,
  'ppo.adaptive-kl-from-zero': () =>
    '从 0 开始的 KL 系数无论自适应 KL 目标是多少都保持为 0；请从大于 0 的值开始，或关闭自适应 KL 目标',
  'loss.noTokens': ({ rows }) => `没有可学习的内容：一个批次的 ${rows} 条序列都没有续写词元`,
};
