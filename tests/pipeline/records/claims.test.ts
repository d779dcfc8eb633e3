import { describe, expect, it } from 'vitest';
import { checkClaim, type Claim } from '../../../src/pipeline/records/claims';

describe('claims', () => {
  const claim: Claim = {
    text: 'PPO beats SFT.',
    left: 'ppo.gold',
    op: '>',
    right: 'sft.gold',
    paper: { source: 'a paper', says: 'so' },
  };
  it('hold, do not hold, or wait for a figure', () => {
    expect(checkClaim(claim, { ppo: { gold: 0.5 }, sft: { gold: 0.1 } })).toMatchObject({
      left: 0.5,
      right: 0.1,
      holds: true,
    });
    expect(checkClaim(claim, { ppo: { gold: 0.1 }, sft: { gold: 0.1 } }).holds).toBe(false);
    expect(checkClaim({ ...claim, op: '>=' }, { ppo: { gold: 0.1 }, sft: { gold: 0.1 } }).holds).toBe(true);
    expect(checkClaim(claim, { ppo: { gold: 0.1 } }).holds).toBeUndefined();
  });
  it('name figures with dots in them, and numbers', () => {
    const figures = { 'a/reward': { 'gold.64': 2, source: 'live' } };
    expect(checkClaim({ ...claim, left: 'a/reward.gold.64', right: 1 }, figures).holds).toBe(true);
    expect(checkClaim({ ...claim, left: 'a/reward.source', right: 1 }, figures).holds).toBeUndefined();
  });
});
