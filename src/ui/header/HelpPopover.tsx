import { Popover } from '@mantine/core';
import { cloneElement, type ReactElement } from 'react';
import { useOpened, type OpensProps } from '../panel/Opener';
import { setView, useView } from '../store/useView';
import { Help } from './Help';

/** Help below its button. */
export function HelpPopover({ button }: OpensProps) {
  const help = useView((s) => s.help);
  const [come] = useOpened();
  return (
    <Popover
      opened={help && come}
      onChange={(opened) => setView({ help: opened })}
      position="bottom-end"
      width={360}
      withRoles
      trapFocus
      returnFocus
    >
      <Popover.Target>
        {cloneElement(button as ReactElement<{ onClick: () => void }>, {
          onClick: () => setView({ help: !help }),
        })}
      </Popover.Target>
      <Popover.Dropdown>
        <Help />
      </Popover.Dropdown>
    </Popover>
  );
}
