import { useEffect } from 'react';
import { undo } from '../store/undo';
import { actions, useLab } from '../store/useLab';
import { setProjector, setView, useView } from '../store/useView';

const TYPING = 'input:not([type=range], [type=checkbox], [type=radio]), textarea, select, [contenteditable]';
const PRESSABLE = 'button, a, input, summary, [role=menuitem], [role=switch]';

/** Keys for the whole page. They keep still while somebody types, and Space does while it belongs to a button. */
export function useShortcuts(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (target.closest(TYPING)) return;
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key === 'z')
        return undo(useLab.getState().state !== 'idle') && event.preventDefault();
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === ' ' && target.closest(PRESSABLE)) return;
      const action = actionFor(event.key);
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

function actionFor(key: string): (() => void) | undefined {
  switch (key) {
    case ' ':
      if (useLab.getState().replay) return actions.toggleReplay;
      return useLab.getState().state === 'running' ? actions.pause : actions.run;
    case 's':
      return actions.step;
    case 'r':
      return actions.reset;
    case 'i':
      return () => setView({ tab: useView.getState().tab === 'inside' ? 'compare' : 'inside' });
    case 'p':
      return () => setProjector(!useView.getState().projector);
    case '?':
      return () => setView({ help: !useView.getState().help });
    default:
      return undefined;
  }
}
