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

  'worker.script': () => '无法加载训练脚本；请检查网络后重试。',
  'worker.slow': ({ seconds }) => `训练脚本未能在 ${seconds} 秒内加载；请检查网络后重试。`,
  'worker.died': () => '负责计算的工作线程已终止，可能是内存不足。新的工作线程会接替它。',
  'worker.error': ({ text }) => `负责计算的工作线程因错误而停止：${text}`,
  'worker.silent': ({ minutes }) => `负责计算的工作线程已有 ${minutes} 分钟没有应答。`,
  'worker.stopped': () => '工作线程没有停下来，已被终止。',
  'worker.gaveUp': ({ times }) =>
    `工作线程已连续 ${times} 次终止，可能是内存不足：请选择更小的模型或其他后端，或者重试。`,
  'worker.replaced': () => '得到回答之前后端已更换。',
  'engine.notStarted': () => '训练引擎尚未启动。',
  'pool.busy': () => '没有空闲的工作线程。',

  'file.unreachable': ({ file }) => `无法获取 ${file}：没有网络连接，或连接中断。`,
  'file.http': ({ file, status }) => `无法获取 ${file}：服务器返回 ${status}。`,
  'file.isPage': ({ file }) => `服务器返回的不是 ${file}，而是一个网页。`,
  'file.damaged': ({ file, text }) => `${file} 已损坏：${text}`,
  'file.missing': ({ file }) => `页面中缺少 ${file}。`,
};
