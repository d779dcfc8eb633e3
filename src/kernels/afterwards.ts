/** Calls f, and `end` once f has returned or thrown; if f returns a promise, once that has settled. */
export function afterwards<T>(f: () => T, end: () => void): T {
  let result: T;
  try {
    result = f();
  } catch (error) {
    end();
    throw error;
  }
  if (result instanceof Promise) return result.finally(end) as T;
  end();
  return result;
}
