import { ActionIcon, Button, Menu, Popover, TextInput } from '@mantine/core';
import { IconCopy, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MarkerIcon } from '../charts/Marker';
import type { ArmStage } from '../../pipeline/stages';
import { messageText } from '../i18n/dynamic';
import type { StageModel } from '../store/snapshot';
import { useOwnReference } from '../store/useReferences';
import { actions } from '../store/useLab';
import { armColour, armStyle, isHollow } from '../theme/palette';
import classes from './rail.module.css';
import { StatusIcon } from './StageStatus';
import { ProgressLine } from './TrunkCard';
import { figureText, useFigureWords, useStageWords } from './useStageWords';

interface ArmProps {
  stage: StageModel;
  style: number;
  selected: boolean;
  removable: boolean;
}

/** One arm: its marker and colour, progress, and what it has reached. */
export const ArmRow = memo(function ArmRow({ stage, style, selected, removable }: ArmProps) {
  const { status, detail } = useStageWords(stage);
  const figureWords = useFigureWords(useOwnReference(stage.id));
  const colour = armColour(style);
  return (
    <div
      className={classes.arm}
      data-node={stage.id}
      data-stage={stage.stage}
      data-status={stage.status}
      data-selected={selected || undefined}
    >
      <button
        type="button"
        className={classes.armMain}
        aria-pressed={selected}
        onClick={() => actions.select(stage.id)}
      >
        <span className={classes.armName} style={{ color: colour }}>
          <MarkerIcon shape={armStyle(style).marker} colour={colour} size={13} hollow={isHollow(style)} />
          <span className={classes.armText} title={stage.name}>
            {stage.name}
          </span>
        </span>
        <span className={classes.status}>
          <StatusIcon status={stage.status} />
          <span>{[status, detail].filter(Boolean).join(' · ')}</span>
        </span>
        <span className={classes.armFigures}>
          {stage.figures.map((f) => {
            const { label, title } = figureWords(f);
            return (
              <span key={f.name} className={classes.figure} title={title}>
                <b>{figureText(f)}</b> <span>{label}</span>
              </span>
            );
          })}
        </span>
        {stage.failure && <span className={classes.failure}>{messageText(stage.failure)}</span>}
        {stage.notices.map((notice, i) => (
          <span key={i} className={classes.notice}>
            {messageText(notice)}
          </span>
        ))}
        <ProgressLine stage={stage} colour={colour} />
      </button>
      <ArmMenu id={stage.id} name={stage.name} stage={stage.stage as ArmStage} removable={removable} />
    </div>
  );
});

interface ArmMenuProps {
  id: string;
  name: string;
  stage: ArmStage;
  removable: boolean;
}

const ArmMenu = memo(function ArmMenu({ id, name, stage, removable }: ArmMenuProps) {
  const { t } = useTranslation();
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
        <div className={classes.armMenu}>
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label={t('stage.armMenu', { name: name })}>
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setRenaming(true)}>
                {t('stage.rename')}
              </Menu.Item>
              <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => actions.addArm(stage, id)}>
                {t('stage.duplicate')}
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
});

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
