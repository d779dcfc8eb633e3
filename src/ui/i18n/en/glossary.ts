/** Main terms with one line each; lessons link to them by key: `[KL](#kl)`. */
export const glossary = {
  glossary: {
    open: 'Glossary',
    title: 'Glossary',
    search: 'Search the glossary',
    none: 'No term matches.',
    terms: {
      base: { name: 'Base model', text: 'A model after pretraining: it continues text, nothing more.' },
      pretraining: {
        name: 'Pretraining',
        text: 'Learning to predict the next word of a large amount of text.',
      },
      sft: {
        name: 'SFT (supervised fine-tuning)',
        text: 'Training on demonstrations: pairs of a prompt and a good answer.',
      },
      instruction: {
        name: 'Instruction tuning',
        text: 'SFT on many kinds of tasks, each put as an instruction, so that new instructions are followed too.',
      },
      cluster: {
        name: 'Task cluster',
        text: 'Tasks of one kind; whole clusters are held out to test transfer.',
      },
      template: { name: 'Template', text: 'One wording of a task, with gaps for its content.' },
      fewshot: {
        name: 'Few-shot prompting',
        text: 'Solved examples stand in the prompt; the weights do not change.',
      },
      zeroshot: { name: 'Zero-shot', text: 'The instruction alone, without solved examples.' },
      heldout: {
        name: 'Held-out',
        text: 'Kept away from training, so that measuring on it shows what carries over.',
      },
      preference: {
        name: 'Preference pair',
        text: 'Two answers to one prompt, with a label that says which is better.',
      },
      reward: {
        name: 'Reward model',
        text: 'A model that gives an answer a score, trained so that chosen answers score higher than rejected ones.',
      },
      bradleyterry: {
        name: 'Bradley–Terry model',
        text: 'The probability that one answer is preferred is the sigmoid of the difference of the two scores.',
      },
      gold: {
        name: 'Gold reward',
        text: 'The true reward, computed by rules; only a toy world can know it.',
      },
      proxy: {
        name: 'Proxy reward',
        text: 'The reward model’s score: what training can see in place of the gold reward.',
      },
      overoptimisation: {
        name: 'Over-optimisation',
        text: 'The proxy keeps rising while the gold reward falls, because the policy finds errors of the reward model.',
      },
      policy: {
        name: 'Policy',
        text: 'The model that is being trained, seen as a rule for choosing the next word.',
      },
      reference: {
        name: 'Reference model',
        text: 'The frozen model that an arm starts from, usually SFT: distance and wins are measured against it.',
      },
      kl: {
        name: 'KL divergence',
        text: 'How far the policy’s answers have moved from the reference model, in nats per answer.',
      },
      nat: { name: 'Nat', text: 'Unit of information with the natural logarithm; 1 nat = 1.44 bits.' },
      ppo: {
        name: 'PPO',
        text: 'Reinforcement learning in small steps: the gradient stops where the policy has changed too much.',
      },
      ratio: {
        name: 'Probability ratio',
        text: 'Probability of a word under the new policy, over that under the one that sampled it.',
      },
      clip: {
        name: 'Clipping',
        text: 'PPO ignores further gain once the ratio has left the range 1 ± ε.',
      },
      advantage: {
        name: 'Advantage',
        text: 'How much better a word turned out than the value function expected.',
      },
      gae: {
        name: 'GAE',
        text: 'Generalised advantage estimation: averages over several horizons; λ trades bias against variance.',
      },
      value: { name: 'Value function', text: 'Predicts the reward still to come, as a baseline for PPO.' },
      rollout: { name: 'Rollout', text: 'An answer sampled from the policy in order to learn from it.' },
      dpo: {
        name: 'DPO',
        text: 'Trains the policy on preference pairs with a classification loss, without reward model or sampling.',
      },
      beta: {
        name: 'β (beta)',
        text: 'Price of one nat of KL, in reward: high keeps the policy near the reference model.',
      },
      displacement: {
        name: 'Likelihood displacement',
        text: 'Under DPO the chosen answers may become less likely too, as long as the rejected ones fall faster.',
      },
      online: {
        name: 'On-policy and offline',
        text: 'On-policy data comes from the current policy; offline data was collected before.',
      },
      unlikelihood: {
        name: 'Unlikelihood',
        text: 'Training that lowers the probability of given answers directly.',
      },
      bestofn: {
        name: 'Best of n',
        text: 'Draw n answers and keep the one that the reward model likes best.',
      },
      frontier: {
        name: 'Frontier of reward and KL',
        text: 'The highest reward that can be had at each distance from the reference model.',
      },
      winrate: {
        name: 'Win rate',
        text: 'Share of prompts on which the answer beats that of the reference model; ties count half.',
      },
      lcwinrate: {
        name: 'Length-controlled win rate',
        text: 'The win rate that is left when the effect of answer length is taken out by regression.',
      },
      headtohead: {
        name: 'Head to head',
        text: 'Two arms compared directly, on the same prompts and with the same random numbers.',
      },
      gap: {
        name: 'Gap to the limit',
        text: 'How far a policy is below the best reward that is reachable at its KL.',
      },
      temperature: {
        name: 'Sampling temperature',
        text: 'Divides the scores of the next word: 0 always takes the likeliest, 1 samples as trained.',
      },
      implicit: {
        name: 'Implicit reward',
        text: 'β times the log-ratio of policy to reference: what DPO rewards without a reward model.',
      },
      clipfraction: {
        name: 'Clip fraction',
        text: 'Share of tokens whose gradient PPO’s clip has cut off.',
      },
      ratiospread: {
        name: 'Spread of the ratio',
        text: 'Standard deviation of new over old probability: how far one iteration has moved the policy.',
      },
      heldoutlabelers: {
        name: 'Held-out labelers',
        text: 'People who judge the answers but have labelled nothing for training.',
      },
      band: {
        name: 'Seed band',
        text: 'From the lowest to the highest of several runs that differ only in their seed.',
      },
      interval: {
        name: '95 % interval',
        text: 'A range that would cover the true value in 95 of 100 repetitions.',
      },
      iqr: {
        name: 'Interquartile range (IQR)',
        text: 'Distance between the quarter points of a sorted list: its middle half.',
      },
      recording: {
        name: 'Recording',
        text: 'Figures of an earlier run, shown again; it contains no model and trains nothing.',
      },
      tax: {
        name: 'Alignment tax',
        text: 'What alignment costs on other abilities, such as modelling ordinary text.',
      },
      ptx: { name: 'PPO-ptx', text: 'PPO with the pretraining loss mixed in, to lower the alignment tax.' },
      distillation: {
        name: 'Distillation (dSFT)',
        text: 'A student imitates the answers of a larger teacher.',
      },
      aifeedback: { name: 'AI feedback', text: 'A model in place of people says which answer is better.' },
      sycophancy: {
        name: 'Sycophancy',
        text: 'Telling people what they like to hear instead of what is true.',
      },
      eos: { name: 'EOS', text: 'The token that ends an answer.' },
      entropy: { name: 'Entropy', text: 'How undecided the model is about the next word.' },
      seed: { name: 'Seed', text: 'The number from which all randomness of a run follows.' },
    },
  },
} as const;
