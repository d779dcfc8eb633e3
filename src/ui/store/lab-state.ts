import type { Message } from '../../messages';
import type { ConfigProblem, LabConfig } from '../../pipeline/lab/config';
import type { RunState } from '../../pipeline/lab/lab';
import type { RecordedSample } from '../../pipeline/records/recording';
import type { EngineReport } from '../../worker/api';
import type { Player } from '../recorded/player';
import type { ArmSeries } from './compare';
import type { BackendChoice } from './session';
import type { StageModel } from './snapshot';
import type { LinkProblem } from './url';

export type EngineState =
  { status: 'starting' } | { status: 'ready'; report: EngineReport } | { status: 'failed'; message: Message };

export interface LabState {
  config: LabConfig;
  problems: ConfigProblem[];
  linkProblems: LinkProblem[];
  state: RunState;
  stages: StageModel[];
  /** The arms as the charts need them; the same object until a point is added. */
  series: readonly ArmSeries[];
  engine: EngineState;
  backend: BackendChoice;
  /** Over all running stages; the last measured value while nothing runs. */
  tokensPerSecond: number | null;
  /** Style of each arm by id. */
  styles: Record<string, number>;
  /** The shipped results have been looked for. */
  loaded: boolean;
  selected: string;
  /** Name of the demo that is open. */
  demo: string | null;
  /** The recording that is shown in place of a run. */
  replay: ReplayState | null;
}

export interface ReplayState {
  seed: number;
  backend: string;
  state: Player['state'];
  speed: number;
  /** Share that has passed, 0…1. */
  share: number;
  samples: readonly RecordedSample[];
}

/** What the page says of the recording; the same object while nothing has moved. */
export function replayState(player: Player | undefined, before: ReplayState | null): ReplayState | null {
  if (!player) return null;
  const { state, speed, share, recording } = player;
  const { seed, backend, samples } = recording;
  const same =
    before?.samples === samples && before.state === state && before.speed === speed && before.share === share;
  return same ? before : { seed, backend, state, speed, share, samples };
}
