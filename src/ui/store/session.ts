import type { BackendName } from '../../engine/types';
import { message, MessageError } from '../../messages';
import { Lab, type NodeView, type RunState } from '../../pipeline/lab/lab';
import type { LabConfig } from '../../pipeline/lab/config';
import { WorkerPool } from '../../worker/pool';
import type { Answer, AnswerRequest, EngineReport } from '../../worker/api';
import { shippedResults } from '../../checkpoints/shipped';
import type { Player } from '../recorded/player';
import { SwitchableExecutor } from './executor';

export type BackendChoice = BackendName | 'auto';

/** The lab of this page and the workers behind it: one per page, outside of React. */
export class Session {
  readonly lab: Lab;
  private readonly executor = new SwitchableExecutor();
  private pool: WorkerPool | undefined;
  /** The recording that is shown in place of the lab. */
  player: Player | undefined;

  constructor(config: LabConfig) {
    this.lab = new Lab(config, this.executor, shippedResults);
  }

  /** What the page shows: a recording while there is one, else the lab. A recording never trains: its lab is idle. */
  get shown(): { nodes(): NodeView[]; config: LabConfig; state: RunState } {
    const { player, lab } = this;
    return player
      ? { nodes: () => player.nodes(), config: player.config, state: 'idle' }
      : { nodes: () => lab.nodes(), config: lab.config, state: lab.state };
  }

  stopPlayer(): void {
    this.player?.pause();
    this.player = undefined;
  }

  /** Starts workers on a backend, in place of those there are. */
  async start(choice: BackendChoice): Promise<EngineReport> {
    this.executor.use(undefined);
    this.pool?.dispose();
    this.pool = undefined;
    const { pool, report } = await WorkerPool.start(choice);
    this.pool = pool;
    this.executor.use(pool);
    return report;
  }

  answer(request: AnswerRequest): Promise<Answer[]> {
    return this.pool
      ? this.pool.answer(request)
      : Promise.reject(new MessageError(message('engine.notStarted', {})));
  }
}
