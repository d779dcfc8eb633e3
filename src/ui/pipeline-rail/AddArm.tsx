import { Button, Menu } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ARM_STAGES } from '../../pipeline/stages';
import { actions, useLab } from '../store/useLab';
import classes from './rail.module.css';

/** Adds an arm: a fresh one of any kind, or a copy of one that is there. */
export function AddArm() {
  const { t } = useTranslation();
  const arms = useLab((s) => s.config.arms);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          className={classes.add}
          leftSection={<IconPlus size={14} />}
        >
          {t('stage.addArm')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {ARM_STAGES.map((stage) => (
          <Menu.Item key={stage} onClick={() => actions.addArm(stage)}>
            {t('stage.addFresh', { name: t(`stage.names.${stage}`) })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {arms.map((arm) => (
          <Menu.Item key={arm.id} onClick={() => actions.addArm(arm.stage, arm.id)}>
            {t('stage.copyOf', { name: arm.name })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
