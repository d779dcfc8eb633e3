import { describe, expect, it } from 'vitest';
import { Player } from '../../../src/ui/recorded/player';
import { checkedRecording } from '../../../src/ui/recorded/recordings';
import { replayState } from '../../../src/ui/store/lab-state';
import { withSetting } from '../../../src/pipeline/lab/edit';
import { config, recordingOf } from './support';

describe('a recording', () => {
  const demo = { config };

  it('is taken if its stages are those of the demo', () => {
    const recording = recordingOf(config);
    const read = checkedRecording(JSON.parse(JSON.stringify(recording)), demo);
    expect(read).toEqual({ recording, leftOut: [] });
  });

  it('is played without the arms that have changed since, and names them', () => {
    const before = recordingOf(withSetting(config, 'dpo', 'beta', 0.1));
    before.samples[0]!.answers.push({ id: 'dpo', text: 'b', gold: 1 }, { id: 'ppo', text: 'c', gold: 1 });
    const { recording, leftOut } = checkedRecording(before, demo);
    expect(leftOut).toEqual(['dpo']);
    expect(recording.config).toEqual(config);
    expect(recording.nodes.map((n) => n.id)).toEqual(['pretrain', 'sft', 'preferences', 'reward', 'ppo']);
    expect(recording.samples[0]!.answers.map((a) => a.id)).toEqual(['sft', 'ppo']);
    const player = new Player(recording, recording.config, () => {}, leftOut);
    player.finish();
    const statuses = Object.fromEntries(player.nodes().map((n) => [n.node.id, n.status]));
    expect(statuses).toMatchObject({ ppo: 'done', dpo: 'missing' });
    expect(replayState(player, null)!.leftOut).toEqual(['dpo']);
  });

  it('is refused where every arm has changed, of another format, or broken', () => {
    const other = recordingOf(withSetting(config, 'sft', 'steps', 7));
    expect(() => checkedRecording(other, demo)).toThrow('made by an earlier version of sft');
    expect(() => checkedRecording({ ...recordingOf(config), version: 0 }, demo)).toThrow('version');
    expect(() => checkedRecording({ ...recordingOf(config), nodes: 3 }, demo)).toThrow('nodes');
  });
});
