/** The lessons in English, by file. */
export const texts = import.meta.glob<string>('../../../../demos/*/lesson.en.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});
