import type { Counted, Sentences, ValueType } from './codes';
import { zh as exchange } from './exchange';
import { zh as files } from './files';
import { zh as gold } from './gold';
import { zh as own } from './own';
import { zh as ownRows } from './own-rows';
import { zh as records } from './records';
import { zh as rules } from './rules';
import { zh as storage } from './storage.zh';
import { zh as sweep } from './sweep';

const TYPES: Record<ValueType, string> = {
  number: '数',
  whole: '整数',
  text: '文本',
  flag: 'true 或 false',
  list: '列表',
  object: '一组带名称的值',
};
const COUNTED: Record<Counted, string> = { characters: '个字符', entries: '项' };

const perStep = (ms: number): string => `每个训练步 ${ms.toFixed(ms < 10 ? 1 : 0)} 毫秒`;

export const zh: Sentences = {
  ...exchange,
  ...files,
  ...gold,
  ...own,
  ...ownRows,
  ...records,
  ...rules,
  ...storage,
  ...sweep,
  foreign: ({ text }) => text,
  at: ({ path, problem }, { say }) => `${path}：${say(problem)}`,
  both: ({ first, second }, { say }) => `${say(first)}；${say(second)}`,

  'value.number': ({ whole, min, max, off, got }) =>
    `必须是 ${min} 到 ${max} 之间的${TYPES[whole ? 'whole' : 'number']}${off ? '，或关闭' : ''}（现为 ${got}）`,
  'value.atLeast': ({ min, got }) => `不能小于 ${min}（现为 ${got}）`,
  'value.atMost': ({ max, got }) => `不能大于 ${max}（现为 ${got}）`,
  'value.flag': ({ got }) => `必须是 true 或 false（现为 ${got}）`,
  'value.choice': ({ options, got }) => `必须是 ${options.join('、')} 之一（现为 ${got}）`,
  'value.type': ({ expected, got }) => `必须是${TYPES[expected]}（现为 ${got}）`,
  'value.tooShort': ({ min, what }) => `至少要有 ${min} ${COUNTED[what]}`,
  'value.tooLong': ({ max, what }) => `最多只能有 ${max} ${COUNTED[what]}`,
  'value.pattern': ({ pattern, got }) => `必须符合 ${pattern} 的格式（现为 ${got}）`,
  'value.invalid': ({ got }) => `无效（现为 ${got}）`,
  'name.notSetting': () => '不是这个阶段的设置',
  'name.unknown': () => '无法识别',
  'name.twice': () => '这个名称用了两次',
  'name.reserved': () => '这个名称已被实验室本身占用',
  'link.version': ({ expected, got }) => `必须是 ${expected}（现为 ${got}）；链接内容未被采用`,
  'link.tooLong': ({ max, what }) =>
    `超过 ${max} ${what === 'characters' ? '个字符' : '处更改'}；链接内容未被采用`,
  'link.arms': ({ got }) => `必须是 id:stage:name 形式的列表（现为 ${got}）`,

  'device.lost': ({ reason }, { say }) => `设备已丢失：${say(reason)}`,
  'device.context': () => 'WebGL 上下文已丢失',
  'device.gone': ({ reason }) => `GPU 设备状态为 ${reason}`,
  'device.error': ({ text }) => `WebGPU 出错：${text}`,
  'device.noFence': () => 'WebGL 没有给出同步栅栏',
  'device.wait': () => '等待 GPU 时出错',
  'device.memory': () => '显存已满',
  'device.webglError': ({ code }) => `创建纹理时出现 WebGL 错误 ${code}`,
  'device.attachments': ({ count }) => `这里的 WebGL 不能同时渲染到 ${count} 个浮点纹理`,
  'device.shader': ({ name, log }) => `着色器“${name}”无法编译：${log}`,
  'thread.silent': ({ seconds }) => `有一个线程 ${seconds} 秒没有应答`,
  'thread.kernel': ({ kernel }) => `计算核 ${kernel} 出错`,
  'thread.only': ({ reason }, { say }) => `只用一个线程：${say(reason)}`,
  'thread.isolation': () => '页面没有跨源隔离',
  'thread.wait': () => '页面的线程不能等待其他线程',
  'thread.late': () => '线程没有及时启动',
  'thread.start': () => '有一个线程无法启动',
  'kernels.http': ({ status }) => `无法载入 WASM 计算核：HTTP ${status}`,
  'engine.reopened': ({ backend, reason }, { say, backend: name }) =>
    `${name(backend)}：${say(reason)}；已重新打开，从最近一次记录的更新继续训练`,
  'engine.moved': ({ backend, to, reason }, { say, backend: name }) =>
    `${name(backend)}：${say(reason)}；已改用 ${name(to)}，从最近一次记录的更新继续训练`,
  'engine.unavailable': ({ backend }, { backend: name }) => `这里没有 ${name(backend)}`,
  'engine.noStart': ({ backend }, { backend: name }) => `${name(backend)} 无法启动`,
  'engine.noFloats': () => '这里的 WebGL 不能渲染 32 位浮点数',
  'engine.noKind': ({ backend, kind }, { backend: name, kind: kindName }) =>
    `${name(backend)} 没有“${kindName(kind)}”引擎`,
  'engine.none': ({ tried }, { say, backend: name, kind: kindName }) =>
    tried.map((t) => `${name(t.backend)}（${kindName(t.kind)}）：${say(t.reason)}`).join('；'),
  'engine.trialFailed': ({ reason }, { say }) => `试跑失败：${say(reason)}`,
  'engine.trialNotFinite': () => '试跑得到的损失不是有限的数',
  'engine.trialLate': ({ seconds }) => `${seconds} 秒内没有应答`,
  'engine.byHand': () => '手动选择',
  'engine.software': ({ adapter }) => `由软件模拟（${adapter}）：在同一处理器上比 WebAssembly 慢`,
  'engine.lastResort': () => '最后的选择：这里没有更快的',
  'engine.fastest': ({ ms }) => `${perStep(ms)}：最快，已采用`,
  'engine.only': ({ ms }) => `${perStep(ms)}：唯一值得计时的，已采用`,
  'engine.slower': ({ ms, times }) => `${perStep(ms)}：耗时是最快者的 ${times.toFixed(1)} 倍`,
  'engine.half': () => '权重用半精度（f16），求和用 32 位',
  'engine.noHalf': () => '只有我们的 WebGPU 计算核支持半精度；这里用 32 位',
  'engine.processor': ({ language, threads }) =>
    `处理器，${language}${threads === null ? '' : `（${threads} 个线程中的 1 个）`}`,
  'engine.simd': ({ relaxed, threads }) =>
    `WASM ${relaxed ? 'relaxed ' : ''}SIMD，${threads > 1 ? `${threads} 个线程` : '单线程'}`,

  'sampling.notFinite': () => '采样时遇到不是数的 logits：模型已发散',
  'stage.diverged': ({ stage, update, reason }, { say, stage: name }) =>
    `${name(stage)} 在第 ${update} 次更新时发散：${say(reason)}`,
  'stage.notFinite': ({ what, learningRate }) =>
    `${what === 'loss' ? '损失' : '梯度或权重'}不再是有限的数；通常是学习率过高（现为 ${learningRate}）`,
  'stage.parent': ({ role }, { role: name }) => `这个阶段需要 ${name(role)} 的结果`,
  'stage.unknown': ({ stage }) => `没有“${stage}”这个阶段`,
  'stage.setting': ({ stage, name, problem }, { say, stage: stageName, setting }) =>
    `${stageName(stage)}：${setting(stage, name)} ${say(problem)}`,
  'stage.together': ({ stage, name, problem }, { say, stage: stageName, setting }) =>
    `${stageName(stage)}，${setting(stage, name)}：${say(problem)}`,
  'task.unknown': ({ task, known }) => `没有“${task}”这个任务；现有 ${known.join('、')}`,

  'demo.unknown': ({ demo, known }) => `没有“${demo}”这个演示；现有 ${known.join('、')}`,
  'demo.unreadable': ({ demo }) => `演示 ${demo}：无法读取 demo.json`,
  'demo.notJson': ({ demo, text }) => `演示 ${demo}：不是有效的 JSON（${text}）`,
  'demo.wrong': ({ demo, path, problem }, { say }) => `演示 ${demo}：${path}：${say(problem)}`,
  'demo.claim': ({ demo, claim, id }) => `演示 ${demo}：论断“${claim}”：没有阶段或实验组“${id}”`,
  'lesson.title': () => '课程要以“# 标题”开头',
  'lesson.heading': ({ heading }) => `无法识别的标题“${heading}”`,
  'lesson.step': ({ step }) => `缺少步骤“${step}”`,

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
