import type { BackendName } from '../../engine/types';
import { message, MessageError, type Message } from '../../messages';
import type { OwnSource } from '../../pipeline/contract/own';
import { Lab, type NodeView, type RunState } from '../../pipeline/lab/lab';
import type { LabConfig } from '../../pipeline/lab/config';
import { WorkerPool } from '../../worker/pool';
import type { Answer, AnswerRequest, EngineReport, Inspection, InspectRequest } from '../../worker/api';
import { shippedResults } from '../../checkpoints/shipped';
import type { Player } from '../recorded/player';
import { SwitchableExecutor } from './executor';
import { keptResults } from './keep';

/** A person's own data; its script comes when a stage first names some. */
const ownSource: OwnSource = {
  own: async (hash) => (await import('./own-data')).ownSource.own(hash).catch(() => undefined),
};

export type BackendChoice = BackendName | 'auto';

/** The lab of this page and the workers behind it: one per page, outside of React. */
export class Session {
  readonly lab: Lab;
  private readonly executor = new SwitchableExecutor();
  private pool: WorkerPool | undefined;
  /** The recording that is shown in place of the lab. */
  player: Player | undefined;

  /** `onBroken` hears why no worker can train any more, until others are started. */
  constructor(
    config: LabConfig,
    private readonly onBroken: (reason: Message) => void,
  ) {
    this.lab = new Lab(config, this.executor, shippedResults, keptResults, ownSource);
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

  /**
   * Starts workers on a backend, in place of those there are: whatever waits for them is rejected. Undefined if
   * others were asked for in the meantime.
   */
  async start(choice: BackendChoice): Promise<EngineReport | undefined> {
    this.executor.use(undefined);
    this.pool?.dispose();
    const pool = new WorkerPool({
      onBroken: (reason) => {
        if (this.pool === pool) this.onBroken(reason);
      },
    });
    this.pool = pool;
    try {
      const report = await pool.start(choice);
      if (this.pool !== pool) return undefined;
      this.executor.use(pool);
      return report;
    } catch (error) {
      if (this.pool !== pool) return undefined;
      this.pool = undefined;
      this.executor.fail(error);
      pool.dispose();
      throw error;
    }
  }

  inspect(request: InspectRequest): Promise<Inspection> {
    return this.pool
      ? this.pool.inspect(request)
      : Promise.reject(new MessageError(message('engine.notStarted', {})));
  }

  answer(request: AnswerRequest): Promise<Answer[]> {
    return this.pool
      ? this.pool.answer(request)
      : Promise.reject(new MessageError(message('engine.notStarted', {})));
  }
}
