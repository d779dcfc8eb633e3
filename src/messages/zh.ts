import type { Sentences } from './codes';

export const zh: Sentences = {
  foreign: ({ text }) => text,

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
