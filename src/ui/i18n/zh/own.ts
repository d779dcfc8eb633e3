import type { own as en } from '../en/own';
import type { Words } from '../catalogue';

/** 自备的奖励与数据。 */
export const own: Words<typeof en> = {
  own: {
    title: '自定义奖励与数据',
    tabs: { reward: '奖励', data: '数据', text: '文本', words: '这个世界的词' },
    name: '名称',
    reward: {
      about:
        '一个以回答中的词为输入的 JavaScript 函数。它在封闭环境中运行：没有网络和网页，没有时钟和随机数，最多两秒。',
      editor: '奖励函数',
      examples: '示例',
      example: { praise: '赞美', length: '长度', variety: '多样', short: '简短且完整' },
      saved: '已保存',
      fresh: '新建',
      try: '用 SFT 的回答试一试',
      trying: '正在询问 SFT……',
      noModel: '还没有可以试用的 SFT 模型：请先运行流程。',
      preview: 'SFT 的 {{n}} 个回答的得分',
      untried: '请先试一试：在任何模型从中学习之前，用 SFT 的 {{n}} 个真实回答看看它奖励什么。',
      changed: '函数已改动：请再试一次。',
      answer: 'SFT 的回答',
      score: '您的规则',
      gold: '真实奖励',
      histogram: '回答的得分分布',
      histogramHint: '柱：得到该分数的回答数。线：这些回答的平均真实奖励。',
      answers: '回答数',
      meanGold: '平均真实奖励',
      correlation: '与真实奖励的相关系数：{{value}}。',
      agrees: '它想要的与这个世界大体一致；但它没写到的地方照样会被钻空子。',
      apart: '它想要的与这个世界不同：PPO 学会它时，真实奖励多半会下降。',
      against: '它想要的与这个世界相反。',
      flat: '所有回答得分相同：从中学不到任何东西。',
      outside: '{{share}} 的得分超出 −1…1，作为真实奖励时会被截断。',
      asProxy: '作为代理奖励：添加实验组',
      asProxyHint: '新实验组学习这条规则，而不用奖励模型。世界的真实奖励照常测量，因此能看到规则被钻空子。',
      method: '方法',
      asGold: '作为真实奖励',
      asGoldHint:
        '一切都按您的规则测量和标注：真实奖励、胜率、过度优化、模拟标注以及由此训练的奖励模型。现成模型和录制的种子不适用；SFT、标注和奖励模型会重新训练。',
      added: '已添加“{{name}}”：请按“运行”。',
      goldSet: '真实奖励现在是您的规则：请按“运行”。',
    },
    data: {
      about:
        'TRL 三种格式之一的 JSON Lines：prompt 与 completion，prompt 与 chosen、rejected，或只有 prompt。可以是文本，也可以是一问一答的对话。',
      paste: '粘贴数据行',
      choose: '选择文件……',
      nothing: '粘贴数据行、选择文件，或把文件拖到页面任意处。在您看过每一行之前，什么都不会被使用。',
      line: '行号',
      row: '数据行',
      problem: '可用？',
      sound: '可用',
      summary: '{{all}} 行中有 {{sound}} 行可用。',
      all: '所有行（{{n}}）',
      onlyBad: '有问题的行（{{n}}）',
      unknown: '词表外的词：{{n}}',
      inRows: '行数：{{n}}',
      near: '最接近：{{words}}',
      kind: { pairs: '比较', demonstrations: '示范', prompts: '提示' },
      use: {
        pairs:
          'DPO 一类的方法直接从这些比较中学习；PPO 一类则从由它们训练的奖励模型学习。留出比较、评估和真实奖励仍是这个世界的。',
        demonstrations: '一个单独的 SFT 模型模仿这些示范，实验组由它出发。',
        prompts: '实验组在学习时回答这些提示；评估仍用这个世界的留出提示。',
      },
      leftOut: '有问题的行不使用：{{n}}。',
      noGold: {
        pairs: '其中 {{n}} 行没有真实奖励：仍会从中学习，但得不到与真实奖励的一致率。',
        demonstrations: '其中 {{n}} 行没有真实奖励：仍会从中学习，但数据表中没有这一项。',
        prompts: '其中 {{n}} 行没有真实奖励：得不到真实奖励曲线，因此不使用。',
      },
      add: '添加实验组（{{n}} 行）',
    },
    text: {
      about:
        '基础模型学习续写您的文本（一行一篇），代替这个世界的网络文本。词元就是这个世界的词：其他词会被略去，并列在这里。',
      paste: '粘贴文本',
      nothing: '粘贴文本或选择文件。',
      summary: '{{words}} 个词中有 {{known}} 个在词表中，共 {{lines}} 行。',
      few: '文本这么少，模型会逐字复述。',
      hint: '该实验组有自己的基础模型（从随机权重训练 {{steps}} 步）、SFT 及其后各阶段。留出文本上的损失以这个世界的网络文本计；其余图表不变。',
      add: '以此文本添加实验组',
    },
    words: {
      about: '这个世界的词表：{{n}} 个词和标点。模型不认识别的词。',
      search: '搜索，或输入一个词查看最接近的词',
      near: '词表中没有“{{word}}”。最接近：{{words}}。',
    },
    gold: {
      notice:
        '真实奖励现在是您的规则“{{name}}”，而不是这个世界的。真实奖励、胜率、区间、过度优化图、模拟标注和奖励模型都以它为准。课程和录制种子的数字以世界的真实奖励为准，不能与之比较。',
      missing: '不在此浏览器中的规则',
      back: '恢复世界的真实奖励',
      change: '查看规则',
    },
  },
};
