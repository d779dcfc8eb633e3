/** The lessons in Simplified Chinese, by file. */
export const texts = import.meta.glob<string>('../../../../demos/*/lesson.zh.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});
