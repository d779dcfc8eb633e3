import { useEffect, useState, type RefObject } from 'react';

/** Whether an element is on the screen, or nearly: what is not need not be drawn. */
export function useOnScreen(element: RefObject<Element | null>): boolean {
  const [is, setIs] = useState(false);
  useEffect(() => {
    const watcher = new IntersectionObserver(
      ([last]) => setIs(last!.isIntersecting),
      { rootMargin: '25%' }, // drawn before it is scrolled to
    );
    watcher.observe(element.current!);
    return () => watcher.disconnect();
  }, [element]);
  return is;
}
