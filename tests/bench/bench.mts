/** `npm run bench`: measures what is here, or compares it with an earlier commit (`--against`). */
if (process.argv.some((word) => /^--against(=|$)/.test(word))) {
  const { against } = await import('./against/main.mjs');
  await against();
} else await import('./run.mjs');
