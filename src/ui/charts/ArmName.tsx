import { armColour, armStyle, isHollow } from '../theme/palette';
import classes from './charts.module.css';
import { MarkerIcon } from './Marker';

/** An arm in tables: its marker and name. */
export const ArmName = ({ name, style }: { name: string; style: number }) => (
  <span className={classes.barName}>
    <MarkerIcon shape={armStyle(style).marker} colour={armColour(style)} size={12} hollow={isHollow(style)} />
    {name}
  </span>
);
