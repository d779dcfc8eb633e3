import { Button, Menu, Popover, TextInput } from '@mantine/core';
import { IconChartDots, IconCopy, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ArmStage } from '../../pipeline/stages';
import { useOpened, type OpensProps } from '../panel/Opener';
import { actions } from '../store/useLab';
import { setView } from '../store/useView';
import classes from './rail.module.css';

export interface ArmMenuProps {
  id: string;
  name: string;
  stage: ArmStage;
  removable: boolean;
}

/** What can be done with an arm. */
export function ArmMenu({ id, name, stage, removable, button }: ArmMenuProps & OpensProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useOpened();
  const [renaming, setRenaming] = useState(false);
  return (
    <Popover
      withRoles={false}
      opened={renaming}
      onChange={setRenaming}
      position="bottom-end"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <div>
          <Menu opened={opened} onChange={setOpened}>
            <Menu.Target>{button}</Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setRenaming(true)}>
                {t('stage.rename')}
              </Menu.Item>
              <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => actions.addArm(stage, id)}>
                {t('stage.duplicate')}
              </Menu.Item>
              <Menu.Item leftSection={<IconChartDots size={15} />} onClick={() => setView({ sweeping: id })}>
                {t('stage.sweep')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash size={15} />}
                disabled={!removable}
                onClick={() => actions.removeArm(id)}
              >
                {t('stage.remove')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </Popover.Target>
      <Popover.Dropdown>
        <RenameForm
          name={name}
          onDone={(text) => {
            actions.renameArm(id, text);
            setRenaming(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function RenameForm({ name, onDone }: { name: string; onDone: (name: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(name);
  return (
    <form
      className={classes.rename}
      onSubmit={(e) => {
        e.preventDefault();
        onDone(text);
      }}
    >
      <TextInput
        size="xs"
        label={t('stage.nameField')}
        value={text}
        maxLength={24}
        data-autofocus
        onChange={(e) => setText(e.currentTarget.value)}
      />
      <Button type="submit" size="xs" disabled={!text.trim()}>
        {t('stage.save')}
      </Button>
    </form>
  );
}
