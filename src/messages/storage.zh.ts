import type { StorageSentences } from './storage';

export const zh: StorageSentences = {
  'storage.denied': () =>
    '浏览器不允许本页存储数据（无痕窗口，或已禁用 Cookie）。实验室照常工作，但重新加载会丢失训练结果。',
  'storage.newer': () => '已存的内容由本页的更新版本写入，现保持原样；用那个版本重新加载之前，不再存储。',
  'storage.blocked': () => '另一个标签页开着本页的旧版本。关闭它之前，不会存储任何内容。',
  'storage.replaced': () =>
    '另一个标签页打开了本页的更新版本，已存的内容现由它保管。此处不再存储：请重新加载本标签页。',
  'storage.lost': () => '浏览器关闭了存储。重新加载本页之前，不再存储。',
  'storage.full': () =>
    '浏览器的存储空间已满。先前存下的都在；新的内容只在本标签页中，直到删除一些内容为止。',
  'storage.failed': ({ reason }) => `浏览器未能存储：${reason}`,
  'storage.elsewhere': () => '另一个标签页正在训练相同的内容并负责存储；本标签页训练的这一部分不再存储。',
  'storage.startedAgain': () => '它的检查点来自本页的另一个版本：该阶段已重新开始。',
  'storage.otherBackend': ({ from, to }, { backend }) =>
    `从 ${backend(from)} 上的检查点改在 ${backend(to)} 上继续：结果同样可靠，但不会逐位相同。`,
};
