import type { Counted, Sentences, ValueType } from './codes';
import { zh as files } from './files';

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
  ...files,
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
  'link.arms': ({ got }) => `必须是 id:stage:name 形式的列表（现为 ${got}）`,

  'file.missing': ({ file }) => `构建中缺少随附文件 ${file}`,
  'file.http': ({ file, status }) => `无法读取 ${file}：${status}`,

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
  'engine.notStarted': () => '训练引擎尚未启动',
  'engine.byHand': () => '手动选择',
  'engine.software': ({ adapter }) => `由软件模拟（${adapter}）：在同一处理器上比 WebAssembly 慢`,
  'engine.lastResort': () => '最后的选择：这里没有更快的',
  'engine.fastest': ({ ms }) => `${perStep(ms)}：最快，已采用`,
  'engine.only': ({ ms }) => `${perStep(ms)}：唯一值得计时的，已采用`,
  'engine.slower': ({ ms, times }) => `${perStep(ms)}：耗时是最快者的 ${times.toFixed(1)} 倍`,
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
  'stage.noAnswers': () => '教师从不结束回答：没有可学的内容',
  'task.unknown': ({ task, known }) => `没有“${task}”这个任务；现有 ${known.join('、')}`,
  'pool.busy': () => '没有空闲的工作线程',

  'demo.unknown': ({ demo, known }) => `没有“${demo}”这个演示；现有 ${known.join('、')}`,
  'demo.unreadable': ({ demo }) => `演示 ${demo}：无法读取 demo.json`,
  'demo.notJson': ({ demo, text }) => `演示 ${demo}：不是有效的 JSON（${text}）`,
  'demo.wrong': ({ demo, path, problem }, { say }) => `演示 ${demo}：${path}：${say(problem)}`,
  'demo.claim': ({ demo, claim, id }) => `演示 ${demo}：论断“${claim}”：没有阶段或实验组“${id}”`,
  'lesson.title': () => '课程要以“# 标题”开头',
  'lesson.heading': ({ heading }) => `无法识别的标题“${heading}”`,
  'lesson.step': ({ step }) => `缺少步骤“${step}”`,
  'recording.none': ({ demo }) => `没有 ${demo} 的记录`,
  'recording.other': ({ id }) => `记录时 ${id} 的设置与现在不同`,
};
