import { buildGraph, type Graph } from '../../pipeline/lab/graph';
import type { NodeRun, NodeStatus, NodeView } from '../../pipeline/lab/lab';
import type { LabConfig } from '../../pipeline/lab/config';
import type { Recording } from '../../pipeline/records/recording';
import type { TimedEvent } from '../../pipeline/lab/runner';
import type { Artifact, Evaluation } from '../../pipeline/contract/stage';

/** How long a recording plays at speed 1, seconds. */
export const PLAYING_TIME = 15;
export const SPEEDS = [0.5, 1, 2, 4] as const;

/** Pause between two steps of the clock, milliseconds. */
const TICK = 60;

/** A recording has no weights. */
const NOTHING: Artifact = { kind: 'packed-preferences', bytes: new Uint8Array(0) };

type RecordedNode = Recording['nodes'][number];

interface Part {
  node: RecordedNode;
  /** Seconds of the recorded run at which the stage begins and ends. */
  from: number;
  to: number;
}

/** When every stage began and ended: as soon as what it builds on was there, arms side by side. */
export function timeline(recording: Recording, graph: Graph): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const { id, inputs } of graph) {
    const node = recording.nodes.find((n) => n.id === id);
    if (!node) continue;
    const from = Math.max(0, ...Object.values(inputs).map((input) => parts.get(input)?.to ?? 0));
    const length = node.source === 'shipped' ? 0 : Math.max(node.seconds, node.events.at(-1)?.seconds ?? 0);
    parts.set(id, { node, from, to: from + length });
  }
  return parts;
}

/**
 * Shows a recorded run as a lab would show a live one, on a clock of its own and without any training: stages in
 * the same order and rows at the same pace, squeezed into a few seconds.
 */
export class Player {
  private graph: Graph;
  private readonly parts: Map<string, Part>;
  private readonly runs = new Map<string, NodeRun>();
  private readonly length: number;
  private at = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private last = 0;
  private speed_ = 1;

  /** `config` is the recording's with the names that people read; `changed` is called whenever a row has passed. */
  constructor(
    readonly recording: Recording,
    public config: LabConfig,
    private readonly changed: () => void,
    /** Arms of the configuration that the recording has no part of. */
    readonly leftOut: readonly string[] = [],
  ) {
    this.graph = buildGraph(config);
    this.parts = timeline(recording, this.graph);
    this.length = Math.max(Number.MIN_VALUE, ...[...this.parts.values()].map((part) => part.to));
    this.move(0);
  }

  get state(): 'playing' | 'paused' | 'ended' {
    return this.at >= this.length ? 'ended' : this.timer === undefined ? 'paused' : 'playing';
  }

  get speed(): number {
    return this.speed_;
  }

  /** Share of the recording that has passed, 0…1. */
  get share(): number {
    return Math.min(1, this.at / this.length);
  }

  /** The same configuration with other names. */
  rename(config: LabConfig): void {
    this.config = config;
    this.graph = buildGraph(config);
    this.changed();
  }

  play(): void {
    if (this.timer !== undefined) return;
    if (this.at >= this.length) this.rewind();
    this.last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      const seconds = (now - this.last) / 1000;
      this.last = now;
      this.move((seconds * this.speed_ * this.length) / PLAYING_TIME);
    }, TICK);
    this.changed();
  }

  pause(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.changed();
  }

  setSpeed(speed: number): void {
    this.speed_ = speed;
    this.changed();
  }

  /** To the end at once. */
  finish(): void {
    this.move(this.length);
  }

  rewind(): void {
    this.at = 0;
    this.runs.clear();
    this.move(0);
  }

  nodes(): NodeView[] {
    return this.graph.map((node) => {
      const run = this.runs.get(node.id);
      return { node, status: this.statusOf(node.id), ...(run ? { run } : {}) };
    });
  }

  private statusOf(id: string): NodeStatus {
    const part = this.parts.get(id);
    if (!part) return 'missing';
    if (this.at >= part.to) return 'done';
    if (this.at < part.from) return 'queued';
    return this.timer === undefined ? 'paused' : 'running';
  }

  /** Lets time pass and whatever happened in it. */
  private move(seconds: number): void {
    this.at = Math.min(this.length, this.at + seconds);
    for (const node of this.graph) {
      const part = this.parts.get(node.id);
      if (!part || this.at < part.from) continue;
      let run = this.runs.get(node.id);
      if (!run) {
        const source = part.node.source;
        this.runs.set(
          node.id,
          (run = { key: node.key, made: node, events: [], notices: [], source, seconds: 0 }),
        );
      }
      const { events } = part.node;
      while (run.events.length < events.length && this.isPast(events[run.events.length]!, part))
        run.events.push(asEvent(events[run.events.length]!));
      run.seconds = Math.min(this.at, part.to) - part.from;
      if (this.at >= part.to && !run.result) {
        run.seconds = part.node.seconds;
        run.result = { artifact: NOTHING, summary: part.node.summary };
      }
    }
    if (this.at >= this.length) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    this.changed();
  }

  private isPast(event: RecordedNode['events'][number], part: Part): boolean {
    return this.at >= part.to || part.from + event.seconds <= this.at;
  }
}

const asEvent = (event: RecordedNode['events'][number]): TimedEvent =>
  event.type === 'metrics' ? event : { ...event, evaluation: event.evaluation as unknown as Evaluation };
