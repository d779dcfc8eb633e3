import type { SettingCatalogue, SettingWords } from '../catalogue';

const words = (label: string, effect: string, unit?: string): SettingWords => ({
  label,
  effect,
  ...(unit ? { unit } : {}),
});

const batch = (unit: string) => words('批大小', '越大：梯度越平滑，每步计算量越大。', unit);

// Settings that several stages have.
const iterations = words('迭代次数', '越多：离 SFT 越远，奖励越高，过度优化的风险也越大。', '次更新');
const klCoef = words('KL 系数', '越高：越贴近 SFT；为 0 则容易过度优化代理奖励。', '奖励/nat');
const missingEosPenalty = words('缺少 EOS 的惩罚', '回答没有结束时扣除；为 0 则放任回答不停。', '奖励');
const ownPrompts = words('自备提示', '学习时用您带来的提示，代替这个世界的；评估仍用这个世界的留出提示。');
const rewardSource: SettingWords = {
  ...words('奖励', '代理：奖励模型，与实践一致；真实：真实奖励，离开这个实验室没有人拥有。'),
  options: { proxy: '代理', gold: '真实' },
};

/** Label, effect and unit of every setting of every stage. */
export const settings: SettingCatalogue = {
  pretrain: {
    steps: words('步数', '越多：复制等较晚形成的能力才会出现；耗时更长。', '次更新'),
    batchSize: batch('条序列'),
    learningRate: words('学习率', '越高：学得越快，直到损失变得不稳定。'),
    weightDecay: words('权重衰减', '越高：权重被更强地拉向零。'),
    warmup: words('预热', '越长：学习率在开始时上升得越慢。', '次更新'),
    corpusTokens: words('语料', '越大：同样的文档重复得越少。', '词元'),
    text: words('自备文本', '您带来的文本，代替这个世界的网络文本；词表中没有的词会被略去。'),
  },
  sft: {
    steps: words('步数', '越多：越接近示范，离基础模型越远。', '次更新'),
    batchSize: batch('条示范'),
    learningRate: words('学习率', '越高：格式学得越快，网络文本也忘得越快。'),
    source: {
      ...words('示范来源', '众包：便宜而嘈杂；精选：仔细且全是好的；单一：仔细，但只有一类提示。'),
      options: { crowd: '众包', curated: '精选', narrow: '单一' },
    },
    examples: words('示范数量', '重复使用固定的这么多条；关闭：每次都用新的示范。', '条示范'),
    own: words('自备示范', '您带来的示范，代替这个世界的；示范来源和数量随之不起作用。'),
  },
  preferences: {
    pairs: words('比较数', '越多：奖励模型越好，DPO 可学的也越多。', '对'),
    heldOutPairs: words('留出比较数', '越多：准确率的区间越窄。', '对'),
    labelTemperature: words('标注温度', '越高：差距小时标注者越拿不准。', '真实奖励'),
    flipRate: words('翻转率', '被误标反的比例；0.5 就是纯噪声。'),
    bias: {
      ...words('标注者偏差', '标注者还偏爱更长的回答或奉承；对齐后的模型会继承这一点。'),
      options: { none: '无', length: '长度', flattery: '奉承' },
    },
    disagreement: words(
      '标注者的口味差异',
      '越高：十个人各有口味，彼此更不一致；为 0 则人人判断相同。',
      '离散度',
    ),
  },
  reward: {
    steps: words('步数', '越多：对标注拟合得越紧，连噪声一起。', '次更新'),
    batchSize: batch('对'),
    learningRate: words('学习率', '越高：学得越快，直到过冲。'),
    normalise: words('按 SFT 样本归一化', '关闭：KL 系数的含义取决于原始分数的尺度。'),
  },
  distil: {
    answers: words('教师回答数', '越多：学生见到同一回答的次数越少，见到教师的不同说法越多。', '个回答'),
    steps: words('步数', '越多：越接近教师。', '次更新'),
    batchSize: batch('个回答'),
    learningRate: words('学习率', '越高：格式学得越快，网络文本也忘得越快。'),
  },
  'ai-feedback': {
    pairs: words('比较数', '越多：DPO 可学的越多；裁判只花时间，不花钱。', '对'),
    heldOutPairs: words('留出比较数', '越多：准确率的区间越窄。', '对'),
    answers: {
      ...words('回答来自', '混合：每隔一批由教师作答，如同来自多个模型。'),
      options: { student: '学生', pool: '混合' },
    },
  },
  rule: {
    rule: words('奖励函数', '您写的、以回答中的词为输入的函数；策略学到的是它奖励什么，而不是您的本意。'),
    normalise: words('按 SFT 样本居中和缩放', '关闭：KL 系数的含义取决于原始分数的尺度。'),
  },
  'own-labels': {
    labels: words('标注', '人们在本页或别处做出的比较；平局不计入。'),
    simulated: words('另加模拟标注', '越多：人们所标的比较在模拟标注者所标的旁边分量越轻。', '对'),
    labelTemperature: words('标注温度', '越高：模拟标注者对相近的回答越没有把握。', '真实奖励'),
    heldOutPairs: words('留出比较数', '越多：准确率的区间越窄。', '对'),
  },
  ppo: {
    iterations,
    rolloutBatch: words('每次迭代的采样数', '越多：优势的噪声越小，迭代越慢。', '个回答'),
    learningRate: words('学习率', '越高：越快，直到概率比爆炸、策略崩溃。'),
    klCoef,
    clipRange: words('裁剪范围', '越大：每次迭代的策略变化越大；关闭：完全没有限制。'),
    epochs: words('每次迭代的轮数', '越多：每个采样被用得越多，离策略程度越高。', '遍'),
    minibatches: words('小批数', '越多：梯度步越小、越频繁。', '每轮'),
    missingEosPenalty,
    valueCoef: words('价值损失系数', '越高：共享主干越多地服务于价值函数。'),
    entropyCoef: words('熵奖励', '越高：策略保持得越分散。', '每 nat'),
    gaeLambda: words('GAE 的 λ', '越低：越信任价值函数，方差更小，偏差更大。'),
    gamma: words('折扣因子', '越低：靠后的奖励越不算数；得分落在最后一个词上。'),
    valueClip: words('价值裁剪范围', '限制价值在每次迭代中的变化；关闭：不限制。'),
    valueModel: {
      ...words('价值模型', '共享：策略上加一个头；独立：由奖励模型初始化的单独网络；无：不用基线。'),
      options: { shared: '共享', separate: '独立', none: '无' },
    },
    whitenAdvantages: words('优势白化', '关闭：步长取决于奖励的尺度。'),
    targetKl: words('KL 达到此值停止本次迭代', '新策略离旧策略这么远时，提前结束该次迭代。', 'nat/词元'),
    adaptiveKlTarget: words('自适应 KL 目标', '自动调节 KL 系数以维持这个 KL；关闭：系数固定。', 'nat/回答'),
    adaptiveKlHorizon: words('自适应 KL 时间尺度', '越长：系数变化越慢。', '样本'),
    pretrainCoef: words('混入预训练（PPO-ptx）', '越高：保留的网络文本能力越多（对齐税越小），奖励略低。'),
    rewardSource,
    ownPrompts,
    rewardShift: words('奖励加上的常数', '本不该有影响；它暴露了价值裁剪和 EOS 规则掩盖的东西。', '奖励'),
  },
  dpo: {
    steps: words('步数', '越多：离 SFT 越远；同样的回答对会重复出现。', '次更新'),
    batchSize: batch('对'),
    learningRate: words('学习率', '越高：每对推动得越远；过高则两个对数概率一起崩塌。'),
    beta: words('β', '越高：越贴近 SFT；过低则似然会漂移。', '奖励/nat'),
    lossType: {
      ...words('损失', 'sigmoid：论文中的 DPO；IPO：以平方损失逼近目标间隔；hinge：SLiC。'),
      options: { sigmoid: 'sigmoid', ipo: 'IPO', hinge: 'hinge' },
    },
    labelSmoothing: words('标签平滑', '假定被标反的比例（仅用于 sigmoid）。'),
    sftCoef: words('被选回答上的 SFT 项', '越高：被选回答保持高概率，抵抗似然位移。'),
    referenceFree: words('不用参考模型', '开启：直接比较原始对数概率；没有东西把策略留在 SFT 附近。'),
  },
  grpo: {
    iterations,
    prompts: words('每次迭代的提示数', '越多：梯度的噪声越小，迭代越慢。', '个提示'),
    groupSize: words('组大小', '同一提示的回答越多：基线越准，失效组越少。', '个回答/提示'),
    learningRate: words('学习率', '越高：越快，直到概率比爆炸、策略崩溃。'),
    beta: words('KL 系数', '越高：越贴近 SFT；KL 在损失里，不在奖励里。', '奖励/nat'),
    clipRange: words('裁剪范围', '越大：每次迭代的策略变化越大；关闭：完全没有限制。'),
    clipHigh: words(
      '裁剪上限',
      '大于裁剪范围：不太可能的词元可以增长得更快（DAPO：0.28）；关闭：与下限相同。',
    ),
    scale: {
      ...words('优势的尺度', '标准差：GRPO 的做法，太易和太难的提示权重更大；无：Dr. GRPO。'),
      options: { deviation: '标准差', none: '无' },
    },
    normalisation: {
      ...words('长度归一化', 'GRPO：每个回答权重相同；DAPO：每个词元权重相同；Dr. GRPO：除以常数。'),
      options: { grpo: 'GRPO', dapo: 'DAPO', 'dr-grpo': 'Dr. GRPO' },
    },
    dynamicSampling: words('动态采样', '开启：丢弃失效组，继续抽取提示直到装满一批（DAPO）。'),
    epochs: words('每次迭代的轮数', '越多：每个采样被用得越多，离策略程度越高。', '遍'),
    minibatches: words('小批数', '越多：梯度步越小、越频繁。', '每轮'),
    missingEosPenalty,
    rewardSource,
    ownPrompts,
  },
  rloo: {
    iterations,
    prompts: words('每次迭代的提示数', '越多：梯度的噪声越小，迭代越慢。', '个提示'),
    size: words('每个提示的回答数', '越多：每个回答与更多其他回答比较，基线的噪声越小。', '个回答'),
    learningRate: words('学习率', '越高：越快；过大的步子不会被裁剪。'),
    klCoef,
    missingEosPenalty,
    rewardSource,
    ownPrompts,
  },
  reinforce: {
    iterations,
    prompts: words('每次迭代的回答数', '越多：梯度的噪声越小，迭代越慢。', '个回答'),
    learningRate: words('学习率', '越高：越快；过大的步子不会被裁剪。'),
    baseline: {
      ...words('基线', '奖励与什么比较；无：凡奖励为正的回答都被推高。'),
      options: { 'moving-average': '滑动平均', batch: '本批平均', none: '无' },
    },
    klCoef,
    missingEosPenalty,
    rewardSource,
    ownPrompts,
  },
  kto: {
    steps: words('步数', '越多：离 SFT 越远；同样的回答会重复出现。', '次更新'),
    batchSize: words('批大小', '越大：梯度越平滑，作为起点的 KL 估计得越准。', '个回答'),
    learningRate: words('学习率', '越高：每个回答推动得越远。'),
    beta: words('β', '越高：得失越早饱和，策略越贴近 SFT。', '奖励/nat'),
    paired: words('一对的两个回答都用', '关闭：每次比较只留一个回答，当作赞或踩；开启：两个都留。'),
    desirableWeight: words('好回答的权重', '越高：好回答的拉力越大；可与较少的坏回答平衡。'),
    undesirableWeight: words('坏回答的权重', '越高：坏回答的推力越大；人对损失比对收益更敏感。'),
  },
  orpo: {
    steps: words('步数', '越多：越接近被选回答；同样的回答对会重复出现。', '次更新'),
    batchSize: batch('对'),
    learningRate: words('学习率', '越高：每对推动得越远；没有参考模型拉住策略。'),
    lambda: words('几率比的权重', '越高：越用力推开被拒回答；为 0 就是在被选回答上微调。'),
  },
  simpo: {
    steps: words('步数', '越多：离 SFT 越远；同样的回答对会重复出现。', '次更新'),
    batchSize: batch('对'),
    learningRate: words('学习率', '越高：每对推动得越远；没有参考模型拉住策略。'),
    beta: words('β', '越高：更小的差距就算赢。', '奖励/(nat·词元)'),
    gamma: words('目标间隔', '越高：被选回答要赢得更多，一对才算学会。', '奖励'),
  },
  'online-dpo': {
    rounds: words('轮数', '越多：回答对越紧跟策略；1 即离线 DPO。', '轮'),
    pairs: words('每轮比较数', '越多：每轮从更多新鲜的回答对学习。', '对'),
    steps: words('每轮步数', '越多：重新采样之前走得越远。', '次更新'),
    batchSize: batch('对'),
    learningRate: words('学习率', '越高：每对推动得越远。'),
    beta: words('β', '越高：越贴近 SFT。新鲜的回答对允许比离线 DPO 更低的值。', '奖励/nat'),
    labels: {
      ...words('标注来自', '标注者：每轮由人标注；奖励模型：由先前训练的奖励模型代替。'),
      options: { labeler: '标注者', 'reward-model': '奖励模型' },
    },
    labelTemperature: words('标注温度', '越高：差距小时标注者越拿不准。', '真实奖励'),
    flipRate: words('翻转率', '标注者误标反的比例。'),
  },
  'preferred-ft': {
    steps: words('步数', '越多：越接近被选回答；同样的回答会重复出现。', '次更新'),
    batchSize: batch('个回答'),
    learningRate: words('学习率', '越高：越快学会模仿被选回答。'),
  },
  unlikelihood: {
    steps: words('步数', '越多：离 SFT 越远。', '次更新'),
    batchSize: batch('对'),
    learningRate: words('学习率', '越高：每对推动得越远。'),
    coefficient: words('非似然系数', '越高：越用力推开被拒回答；过高则文本散架。'),
  },
  baseline: { prompts: words('提示数', 'SFT 要回答的留出提示。', '个提示') },
  samples: {
    prompts: words('提示数', 'SFT 要回答的留出提示。', '个提示'),
    count: words('每个提示的回答数', '取用量最大的分支所需的数量。', '个回答'),
  },
  'best-of-n': {
    largest: words('最大的 n', '可选的回答越多：奖励越高，作答成本也按倍数增加。', '个回答'),
    samples: words('每个提示的回答数', '越多：每个 n 的估计噪声越小；至少采样最大的 n 个。', '个回答'),
    reward: {
      ...words('挑选依据', '代理：奖励模型，与实践一致；真实：真实奖励，供对照。'),
      options: { proxy: '代理', gold: '真实' },
    },
  },
  tilt: {
    reward: {
      ...words('奖励', '真实：任何人所能达到的最好结果；代理：奖励模型的完美优化器所得到的。'),
      options: { proxy: '代理', gold: '真实' },
    },
    samples: words(
      '每个提示的回答数',
      '越多：估计在离 SFT 更远处仍可靠（约到该数自然对数的 nat）。',
      '个回答',
    ),
    highestBeta: words('最高 β', '阶梯的起点：靠近 SFT。', '奖励/nat'),
    lowestBeta: words('最低 β', '阶梯的终点：远离 SFT，有效样本很少。', '奖励/nat'),
    rungs: words('阶数', '越多：曲线越细。', '个 β 值'),
  },
  probe: {
    shots: words('提示中的示例', '越多：以提示代替训练；超出上下文的示例会被略去。', '条精选示范'),
  },
  instruct: {
    clusters: words('训练任务簇', '任务种类越多：在从未训练的任务上越好；0 则保持基础模型不变。', '个任务簇'),
    cluster: {
      ...words('单一任务簇', '指定一种任务：普通微调，代替多个任务簇。'),
      options: {
        several: '多个',
        sound: '叫声',
        young: '幼崽',
        home: '住处',
        colour: '颜色',
        capital: '首都',
        language: '语言',
        king: '国王',
        tool: '工具',
        opposite: '反义词',
        first: '第一个',
        last: '最后一个',
        reverse: '倒序',
        copy: '复制',
        count: '计数',
        odd: '找不同',
        sentiment: '情感',
        tldr: '摘要',
      },
    },
    templates: words('每个任务簇的措辞', '越多：回答越不依赖于问题的问法。', '个模板'),
    examples: words('样例数量', '重复使用固定的这么多条；关闭：每次都用新样例。', '个样例'),
    answer: {
      ...words('回答形式', '整句：回答复述问题；很少能迁移到其他任务。'),
      options: { short: '简短', sentence: '整句' },
    },
    instructions: words('指令', '关闭：训练时只有输入没有指令；测试时仍然有。'),
    attention: {
      ...words('问题中的注意力', '前缀：问题中的词可以双向互相看见，如 T5。'),
      options: { causal: '因果', prefix: '前缀' },
    },
    steps: words('步数', '越多：训练过的任务越好；向其他任务的迁移可能又下降。', '次更新'),
    batchSize: batch('个样例'),
    learningRate: words('学习率', '越高：训练过的任务学得越快，迁移越少。'),
  },
  'few-shot': {
    shots: words('示例数', '越多：任务越清楚，上下文越满；放不下的示例会被略去。', '个示例'),
    format: {
      ...words('格式', '问答，或像网络文本那样的表格（仅限事实）：格式决定一切。'),
      options: { qa: '问答', table: '表格' },
    },
  },
};
