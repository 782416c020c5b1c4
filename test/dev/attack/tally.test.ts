/** What the table counts, and that a guard which does not hold is told: shown on an API that lets everybody in. */
import { describe, expect, it } from '@jest/globals';
import { ATTACK_PARTS } from '../../../src/dev/attack/attack';
import { attackMatrix } from '../../../src/dev/attack/matrix';
import { readRoutes } from '../../../src/dev/attack/routeTable';
import { AttackTally, FAULTS, linesOfTally, partsOfTally } from '../../../src/dev/attack/tally';
import type { Target } from '../../../src/dev/attack/target';
import { isOurFault } from '../../../src/dev/attack/wire';
import { seeded } from '../../../src/domain/values/random';

describe('the table', () => {
  it('counts each try once, and the same fault in one line', () => {
    const tally = new AttackTally('part');
    tally.held(3);
    tally.refused();
    expect(tally.expect(false, 'minted', 'money of nothing')).toBe(false);
    tally.fault('minted', 'money of nothing');
    tally.fault('stopped', 'an account');
    tally.notTried.push('a route');
    expect(tally.tried).toBe(7);
    expect(tally.faults).toBe(3);
    const lines = linesOfTally([tally]);
    expect(lines[0]?.split(/ +/)).toEqual(['part', 'tried', 'held', 'refused', ...FAULTS]);
    expect(lines[2]?.split(/ +/)).toEqual(['all', '7', '3', '1', '0', '0', '2', '1']);
    expect(lines.slice(3)).toEqual([
      '',
      'MINTED (part) 2 times: money of nothing',
      'STOPPED (part): an account',
      'not tried (part): a route',
    ]);
  });

  it('has the parts that are asked for, in their order, and refuses others', () => {
    expect(partsOfTally(undefined, ATTACK_PARTS)).toEqual(ATTACK_PARTS);
    expect(partsOfTally('insider,matrix', ATTACK_PARTS)).toEqual(['matrix', 'insider']);
    expect(() => partsOfTally('matrix,nothing', ATTACK_PARTS)).toThrow('--only nothing is no part');
  });

  it('takes 503 for an answer, and no other 5xx', () => {
    const of = (status: number) => isOurFault({ status, body: undefined, headers: {} });
    expect([200, 404, 503].map(of)).toEqual([false, false, false]);
    expect([0, 500, 502].map(of)).toEqual([true, true, true]);
  });
});

describe('the matrix', () => {
  const answering = (status: number) =>
    ({
      wire: { once: async () => ({ status, body: {}, headers: {} }), key: () => 'known' },
      keysByScope: new Map([['audit:read', 'one']]),
    }) as unknown as Target;

  it('finds an API that lets everybody in', async () => {
    const tally = await attackMatrix(answering(200), await readRoutes(), { random: seeded(1), scopesPerRoute: 2 });
    expect(tally.counts.refused).toBe(0);
    expect(tally.counts.minted).toBeGreaterThan(100);
  });

  it('finds one that lets nobody in', async () => {
    const tally = await attackMatrix(answering(401), await readRoutes(), { random: seeded(1), scopesPerRoute: 2 });
    expect(tally.counts.stopped).toBeGreaterThan(1);
    // 401 for a key that lacks the scope hides what is missing: it is not what was promised.
    expect(tally.counts.minted).toBeGreaterThan(50);
  });
});
