import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Opener } from '../panel/Opener';
import { part } from '../panel/part';
import classes from './rail.module.css';

export const addArmMenu = part(async () => (await import('./AddArmMenu')).AddArmMenu);

/** Adds an arm: a fresh one of any kind, or a copy of one that is there. */
export function AddArm() {
  const { t } = useTranslation();
  const button = (
    <Button size="compact-sm" variant="default" className={classes.add} leftSection={<IconPlus size={14} />}>
      {t('stage.addArm')}
    </Button>
  );
  return <Opener panel="pipeline" of={addArmMenu} with={{}} button={button} popup="menu" />;
}
