import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../../src/pipeline/lab/graph';
import { Player, timeline } from '../../../src/ui/recorded/player';
import { withArmName } from '../../../src/pipeline/lab/edit';
import { config, recordingOf } from './support';

describe('the player', () => {
  it('lets every stage begin when what it builds on is done, arms side by side', () => {
    const parts = timeline(recordingOf(config), buildGraph(config));
    const at = Object.fromEntries([...parts].map(([id, part]) => [id, [part.from, part.to]]));
    expect(at).toEqual({
      pretrain: [0, 0],
      sft: [0, 10],
      preferences: [10, 20],
      reward: [20, 30],
      ppo: [30, 40],
      dpo: [30, 40],
    });
  });

  it('shows rows as they came, then results, and never trains', () => {
    let changes = 0;
    const player = new Player(recordingOf(config), config, () => changes++);
    const statuses = () => Object.fromEntries(player.nodes().map((n) => [n.node.id, n.status]));
    expect(player.state).toBe('paused');
    expect(statuses()).toMatchObject({ pretrain: 'done', sft: 'paused', ppo: 'queued' });
    player.finish();
    expect(player.state).toBe('ended');
    expect(player.share).toBe(1);
    const ppo = player.nodes().find((n) => n.node.id === 'ppo')!;
    expect(ppo.status).toBe('done');
    expect(ppo.run!.key).toBe(ppo.node.key);
    expect(ppo.run!.events).toHaveLength(3);
    expect(ppo.run!.result!.summary).toMatchObject({ gold: 0.2 });
    expect(changes).toBeGreaterThan(0);
  });

  it('plays on a clock of its own and can begin again', async () => {
    const player = new Player(recordingOf(config), config, () => {});
    player.setSpeed(1000);
    player.play();
    expect(player.state).toBe('playing');
    for (let i = 0; i < 100 && player.state === 'playing'; i++) await new Promise((r) => setTimeout(r, 20));
    expect(player.state).toBe('ended');
    player.rewind();
    expect(player.share).toBe(0);
    expect(player.nodes().find((n) => n.node.id === 'ppo')!.run).toBeUndefined();
  });

  it('is shown with other names in another language', () => {
    const player = new Player(recordingOf(config), config, () => {});
    player.rename(withArmName(config, 'ppo', '近端'));
    expect(player.nodes().find((n) => n.node.id === 'ppo')!.node.name).toBe('近端');
  });
});
