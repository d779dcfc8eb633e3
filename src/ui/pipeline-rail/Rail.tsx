import { useRef, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { useLab } from '../store/useLab';
import { AddArm } from './AddArm';
import { ArmRow } from './ArmRow';
import { Connectors } from './Connectors';
import classes from './rail.module.css';
import { OwnTrunk } from './OwnTrunk';
import { TrunkCard } from './TrunkCard';

/** More arms than this stand in two columns, with their first figure only. */
const MANY = 3;
/** A shared trunk of so few stages leaves its room to the arms. */
const FEW = 2;

/** The pipeline as a picture that is also the control: select a stage to see its settings and curves. */
export function Rail() {
  const { t } = useTranslation();
  const rail = useRef<HTMLElement>(null);
  const stages = useLab((s) => s.stages);
  const selected = useLab((s) => s.selected);
  const styles = useLab((s) => s.styles);
  const arms = stages.filter((s) => s.isArm);
  const trunk = stages.filter((s) => !s.isArm && s.owner === undefined);
  const teacher = stages.filter((s) => s.owner === 'teacher');
  return (
    <nav
      className={classes.rail}
      ref={rail}
      aria-label={t('stage.rail')}
      data-few={trunk.length <= FEW || undefined}
    >
      <Connectors rail={rail} version={stages.map((s) => `${s.id}${s.failure ? '!' : ''}`).join()} />
      <div className={classes.trunk} style={{ '--stages': trunk.length } as CSSProperties}>
        {trunk.map((stage) => (
          <TrunkCard key={stage.id} stage={stage} selected={stage.id === selected} />
        ))}
      </div>
      <div
        className={classes.arms}
        data-many={arms.length > MANY || undefined}
        role="group"
        aria-label={t('stage.arms')}
      >
        <OwnTrunk of={t('stage.teacher')} stages={teacher} selected={selected} />
        {arms.map((stage) => (
          <div key={stage.id} className={classes.cell}>
            <OwnTrunk
              of={stage.name}
              stages={stages.filter((s) => s.owner === stage.id)}
              selected={selected}
            />
            <ArmRow
              stage={stage}
              style={styles[stage.id] ?? 0}
              selected={stage.id === selected}
              removable={arms.length > 1}
            />
          </div>
        ))}
      </div>
      <AddArm />
    </nav>
  );
}
