import { cloneElement, Suspense, useEffect, useState, type ComponentType, type ReactElement } from 'react';
import { Panel, type PanelName } from './Panel';
import type { Part } from './part';

/** What is given to what opens below a button. */
export interface OpensProps {
  button: ReactElement;
}

type Button = ReactElement<{
  autoFocus?: boolean;
  onClick?: () => void;
  'aria-haspopup'?: 'menu' | 'dialog';
  'aria-expanded'?: boolean;
}>;

interface OpenerProps<P> {
  /** Where it stands, and what opens below it. */
  panel: PanelName;
  of: Part<P & OpensProps>;
  /** What the part needs besides the button. */
  with: P;
  button: Button;
  popup: 'menu' | 'dialog';
  /** Opened by something else than the button. */
  opened?: boolean;
  onOpen?: () => void;
}

/**
 * A button with a menu or a box below it, whose script is not needed before it is pressed for the first time. A press
 * that comes before the script is kept.
 */
export function Opener<P extends object>(props: OpenerProps<P>) {
  const { panel, of, button, popup, opened = false, onOpen } = props;
  const [wanted, setWanted] = useState(opened);
  if (opened && !wanted) setWanted(true);
  const alone = cloneElement(button, {
    'aria-haspopup': popup,
    'aria-expanded': false,
    onClick: () => {
      setWanted(true);
      onOpen?.();
    },
  });
  if (!wanted) return alone;
  const Opened = of.Part as ComponentType<P & OpensProps>;
  return (
    <Panel name={panel}>
      <Suspense fallback={alone}>
        {/* another button than the one that was pressed: it takes over the focus, to have it again later */}
        <Opened {...props.with} button={cloneElement(button, { autoFocus: true })} />
      </Suspense>
    </Panel>
  );
}

/** Closed for a moment, so that what opens can see where the focus was. */
export function useOpened() {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    const frame = requestAnimationFrame(() => setOpened(true));
    return () => cancelAnimationFrame(frame);
  }, []);
  return [opened, setOpened] as const;
}
