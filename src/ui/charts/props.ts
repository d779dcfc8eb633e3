import type { ReactNode } from 'react';
import type { ArmBand } from '../figures/bands';
import type { ArmSeries } from '../store/compare';
import type { Against } from '../../pipeline/lab/reference';
import type { Progress, XAxisName } from '../store/series';
import type { ViewState } from '../store/useView';

/** What the charts that compare arms are given. */
export interface ComparisonProps {
  series: readonly ArmSeries[];
  /** Recorded seeds, to be drawn behind the lines. */
  bands: readonly ArmBand[];
  /** Those of arms without a line. */
  lonely: readonly ArmBand[];
  /** Names of arms as they stand in charts. */
  names: Readonly<Record<string, string>>;
  /** The previous run of arms. */
  ghosts: readonly ArmSeries[];
  /** What the arms start from and are compared with. */
  against: Against;
  /** Gold reward of the model that most arms start from. */
  startGold: number | undefined;
  /** Prompts behind a point. */
  prompts: number;
  empty?: ReactNode;
}

/** Over time. */
export interface TimeProps extends ComparisonProps {
  axis: XAxisName;
  /** Where the horizontal axis ends. */
  end: Progress;
}

/** Over KL. */
export interface FrontierProps extends ComparisonProps {
  klAxis: ViewState['klAxis'];
}

/** Without the arms that are compared with nothing: they are at no distance from anything, and beat nobody. */
export function compared<P extends ComparisonProps>(props: P): P {
  const isCompared = ({ id }: { id: string }) => props.against.references[id] !== undefined;
  return {
    ...props,
    series: props.series.filter(isCompared),
    bands: props.bands.filter(isCompared),
    lonely: props.lonely.filter(isCompared),
  };
}
