/** The limit is the tightest of its bounds, in whole hundreds of yuan, and says which bound it was. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { Affordability } from '../../../src/domain/risk/affordability';
import { type Band, bandOf, type CreditRequest, limitFor } from '../../../src/domain/risk/limits';

const BAND: Band = { fromPoints: 600, incomeMultiple: '5', dailyRate: '0.0005' };
const ROOMY: Affordability = { capacityFen: 10_000_000, unsecuredHeadroomFen: 20_000_000 };

type Case = [name: string, request: CreditRequest, found: Partial<Affordability>, limitFen: number, reasons: string[]];

describe('limitFor', () => {
  it.each<Case>([
    ['as asked', { product: 'cash-loan', requestedFen: 1_000_000 }, {}, 1_000_000, ['LIMIT_AS_REQUESTED']],
    ['whole hundreds', { product: 'cash-loan', requestedFen: 1_009_999 }, {}, 1_000_000, ['LIMIT_AS_REQUESTED']],
    ['smallest amount', { product: 'cash-loan', requestedFen: 100_000 }, {}, 100_000, ['LIMIT_AS_REQUESTED']],
    ['asked too little', { product: 'cash-loan', requestedFen: 99_999 }, {}, 0, ['REQUEST_BELOW_MINIMUM']],
    ['nothing asked', { product: 'cash-loan', requestedFen: 0 }, {}, 0, ['REQUEST_BELOW_MINIMUM']],
    ['product maximum', { product: 'revolving', requestedFen: 9_000_000 }, {}, 5_000_000, ['LIMIT_BY_PRODUCT']],
    [
      'cap on unsecured credit, reduced',
      { product: 'cash-loan', requestedFen: 9_000_000 },
      { unsecuredHeadroomFen: 345_678 },
      340_000,
      ['LIMIT_BY_UNSECURED_DEBT'],
    ],
    [
      'multiple of the band',
      { product: 'cash-loan', requestedFen: 9_000_000 },
      { capacityFen: 200_000 },
      1_000_000,
      ['LIMIT_BY_BAND'],
    ],
    [
      'too little left',
      { product: 'cash-loan', requestedFen: 9_000_000 },
      { capacityFen: 19_999 },
      0,
      ['LIMIT_BELOW_MINIMUM', 'LIMIT_BY_BAND'],
    ],
  ])('%s', (_, request, found, limitFen, reasons) => {
    expect(limitFor(request, BAND, { ...ROOMY, ...found }, defaultPolicy)).toEqual({ limitFen, reasons });
  });

  it('does not let a generous band go beyond the monthly capacity', () => {
    const band = { ...BAND, incomeMultiple: '60' };
    const request: CreditRequest = { product: 'cash-loan', requestedFen: 9_000_000 };
    const found = limitFor(request, band, { ...ROOMY, capacityFen: 200_000 }, defaultPolicy);
    expect(found).toEqual({ limitFen: 2_020_000, reasons: ['LIMIT_BY_CAPACITY'] });
  });

  it('rounds down to the step of the policy', () => {
    const policy = { ...defaultPolicy, assessment: { ...defaultPolicy.assessment, limitStepFen: 250_000 } };
    const request: CreditRequest = { product: 'cash-loan', requestedFen: 1_249_999 };
    expect(limitFor(request, BAND, ROOMY, policy)).toEqual({ limitFen: 1_000_000, reasons: ['LIMIT_AS_REQUESTED'] });
  });

  it('stays within every bound, whatever is asked', () => {
    const amount = fc.integer({ min: 0, max: 30_000_000 });
    fc.assert(
      fc.property(amount, amount, amount, (requestedFen, capacityFen, unsecuredHeadroomFen) => {
        const found = { capacityFen, unsecuredHeadroomFen };
        const { limitFen } = limitFor({ product: 'revolving', requestedFen }, BAND, found, defaultPolicy);
        expect(limitFen % 10_000).toBe(0);
        expect(limitFen).toBeLessThanOrEqual(Math.min(requestedFen, unsecuredHeadroomFen, 5_000_000));
        expect(limitFen === 0 || limitFen >= 50_000).toBe(true);
      }),
    );
  });
});

describe('bandOf', () => {
  it.each([
    [700, 650],
    [650, 650],
    [649, 625],
    [580, 580],
    [579, undefined],
  ])('%d points: the band from %p', (points, fromPoints) => {
    expect(bandOf(points, defaultPolicy.assessment.bands)?.fromPoints).toBe(fromPoints);
  });
});
