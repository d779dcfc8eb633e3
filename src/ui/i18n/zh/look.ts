import type { Words } from '../catalogue';
import type { look as en } from '../en/look';

export const look: Words<typeof en> = {
  cursor: {
    at: { update: '第 {{at}} 次更新', samples: '{{at}} 个样本', seconds: '{{at}} 秒' },
    hint: '指向图表读数；点击固定位置，拖动放大',
    slider: '{{title}}：逐个测量点移动',
    nowhere: '未指向任何位置',
    release: '松开',
  },
  arms: {
    group: '方法：单独突出一个',
    single: '单独突出{{name}}',
    letGo: '显示所有方法',
    hideOthers: '隐藏其他',
  },
  ghosts: '之前的运行',
  zoom: { out: '显示全部' },
  log: { kl: '对数', group: 'KL 轴的刻度', unit: 'KL，nat，对数刻度', inside: '对数轴' },
};
