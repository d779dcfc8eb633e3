import { Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ARM_STAGES } from '../../pipeline/stages';
import { useOpened, type OpensProps } from '../panel/Opener';
import { actions, useLab } from '../store/useLab';
import { setView } from '../store/useView';

/** Which arm to add. */
export function AddArmMenu({ button }: OpensProps) {
  const { t } = useTranslation();
  const arms = useLab((s) => s.config.arms);
  const [opened, setOpened] = useOpened();
  return (
    <Menu position="bottom-end" opened={opened} onChange={setOpened}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {ARM_STAGES.map((stage) => (
          <Menu.Item key={stage} onClick={() => actions.addArm(stage)}>
            {t('stage.addFresh', { name: t(`stage.names.${stage}`) })}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => setView({ labeler: true })}>{t('stage.labelYourself')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => setView({ own: 'reward' })}>{t('stage.own')}</Menu.Item>
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
