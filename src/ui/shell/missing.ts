/** Whether an error says that a script or a style of the page did not come; each browser has words of its own. */
export const isMissingScript = (error: unknown): boolean =>
  error instanceof Error &&
  /dynamically imported module|importing a module script|unable to preload/i.test(error.message);
