/** A demo that runs in seconds: a few steps of the smallest model, with every kind of figure between arms. */
export const TOY = {
  title: 'Toy',
  summary: 'Too small to show anything.',
  config: {
    task: 'review',
    size: 'nano',
    trunk: {
      sft: { steps: 30 },
      preferences: { pairs: 64, heldOutPairs: 32 },
      reward: { steps: 10 },
    },
    evaluation: { times: 1, prompts: 8, finalPrompts: 16 },
    arms: [
      { id: 'ppo', name: 'PPO', stage: 'ppo', settings: { iterations: 2, rolloutBatch: 16 } },
      { id: 'dpo', name: 'DPO', stage: 'dpo', settings: { steps: 4 } },
      {
        id: 'best',
        name: 'Best of n',
        stage: 'best-of-n',
        settings: { samples: 8 },
        trunk: { reward: { steps: 5 } },
      },
      { id: 'limit', name: 'Limit', stage: 'tilt', settings: { samples: 64 } },
    ],
  },
  claims: [
    {
      text: 'DPO beats PPO.',
      left: 'dpo.gold',
      op: '>',
      right: 'ppo.gold',
      paper: { source: 'nobody', says: 'nothing' },
    },
    {
      text: 'The limit is above.',
      left: 'best.gap',
      op: '>=',
      right: 0,
      paper: { source: 'nobody', says: 'nothing' },
    },
  ],
};
