import { message, messageOf, MessageError, type Message } from '../messages';
import type { EngineReport, LabWorker } from './api';
import { Member, type Parts } from './member';
import type { Remote } from 'comlink';

/** Workers that may end one after the other, without an answer in between, before no other one is started. */
const MOST_DEATHS = 3;

/** Starts the engine in a worker. */
export type StartEngine = (worker: Remote<LabWorker>) => Promise<EngineReport>;

/**
 * A place for one worker and its engine. When the worker ends, another one takes its place; when several end in a
 * row, the place is given up.
 */
export class Slot {
  busy = false;
  private deaths = 0;
  private member: Member | undefined;
  private starting: StartEngine | undefined;
  private ready: Promise<Member>;
  /** Why there is no worker any more. */
  private over: Message | undefined;

  constructor(
    private readonly parts: Parts,
    /** Hears why the slot has given up. */
    private readonly onBroken: (reason: Message) => void = () => undefined,
  ) {
    this.ready = handled(Promise.reject<Member>(new MessageError(message('engine.notStarted', {}))));
  }

  get isUsable(): boolean {
    return this.over === undefined;
  }

  /** Opens the first worker. Rejects if it cannot be started. */
  async open(start: StartEngine): Promise<EngineReport> {
    let report!: EngineReport;
    this.starting = async (worker) => (report = await start(worker));
    await (this.ready = handled(this.startMember()));
    return report;
  }

  /** How workers that take the place of this one start their engine. */
  startLike(start: StartEngine): void {
    this.starting = start;
  }

  /** Does the work as soon as there is a worker with a running engine. */
  async use<T>(work: (member: Member) => Promise<T>): Promise<T> {
    const member = await this.ready;
    try {
      return await work(member);
    } finally {
      if (this.member === member) this.deaths = 0; // it has answered
    }
  }

  /** Exchanges a worker that is alive, but of no use. */
  exchange(member: Member, reason: Message): void {
    if (this.member !== member || this.over) return;
    member.dismiss(reason);
    this.ready = handled(this.startMember().catch((error: unknown) => this.revive(messageOf(error))));
  }

  /** Ends the worker; whatever waits for it is rejected. */
  close(reason: Message): void {
    this.over ??= reason;
    this.member?.dismiss(reason);
    this.member = undefined;
  }

  private async startMember(): Promise<Member> {
    if (this.over) throw new MessageError(this.over);
    let isReady = false;
    const member = new Member(this.parts, (reason) => {
      if (this.member !== member) return;
      this.member = undefined;
      if (isReady) this.ready = handled(this.revive(reason)); // else whoever starts it is told
    });
    this.member = member;
    try {
      await member.open();
      await member.call(this.starting!);
    } catch (error) {
      member.dismiss(messageOf(error));
      throw error;
    }
    isReady = true;
    return member;
  }

  /** Another worker in place of one that has ended. */
  private async revive(reason: Message): Promise<Member> {
    for (let why = reason; ;) {
      if (this.over) throw new MessageError(this.over);
      if (++this.deaths >= MOST_DEATHS) {
        this.over = why.code === 'worker.died' ? message('worker.gaveUp', { times: this.deaths }) : why;
        this.onBroken(this.over);
        throw new MessageError(this.over);
      }
      try {
        return await this.startMember();
      } catch (error) {
        why = messageOf(error);
      }
    }
  }
}

/** A promise that may be rejected before somebody waits for it. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
