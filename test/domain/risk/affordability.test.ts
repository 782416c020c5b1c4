/** The share of income debts may take, the cap on unsecured credit, and what a month of new credit may cost. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planSchedule } from '../../../src/domain/credit/cashLoan/schedule';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { affordabilityOf, affordableFen, unaffordable } from '../../../src/domain/risk/affordability';

describe('affordabilityOf', () => {
  it.each([
    { income: 1_000_000, service: 0, debt: 0, capacity: 500_000, headroom: 20_000_000 },
    { income: 1_000_000, service: 499_999, debt: 19_999_999, capacity: 1, headroom: 1 },
    { income: 1_000_000, service: 500_000, debt: 20_000_000, capacity: 0, headroom: 0 },
    { income: 1_000_000, service: 900_000, debt: 99_000_000, capacity: 0, headroom: 0 },
    { income: 333_333, service: 0, debt: 0, capacity: 166_666, headroom: 20_000_000 },
  ])('$income earned, $service paid a month, $debt owed', ({ income, service, debt, capacity, headroom }) => {
    const known = { monthlyIncomeFen: income, monthlyDebtServiceFen: service, unsecuredDebtFen: debt };
    const policy = { maxDebtServiceRatio: '0.5', maxUnsecuredFen: 20_000_000 };
    expect(affordabilityOf(known, policy)).toEqual({ capacityFen: capacity, unsecuredHeadroomFen: headroom });
  });

  it('goes by the cap of the policy', () => {
    const known = { monthlyIncomeFen: 1_000_000, monthlyDebtServiceFen: 0, unsecuredDebtFen: 300_000 };
    const policy = { maxDebtServiceRatio: '1', maxUnsecuredFen: 450_000 };
    expect(affordabilityOf(known, policy)).toEqual({ capacityFen: 1_000_000, unsecuredHeadroomFen: 150_000 });
  });
});

describe('unaffordable', () => {
  it.each([
    { capacityFen: 1, unsecuredHeadroomFen: 100_000, reasons: [] },
    { capacityFen: 0, unsecuredHeadroomFen: 100_000, reasons: ['DEBT_SERVICE_TOO_HIGH'] },
    { capacityFen: 1, unsecuredHeadroomFen: 99_999, reasons: ['UNSECURED_DEBT_CAP'] },
    { capacityFen: 0, unsecuredHeadroomFen: 0, reasons: ['DEBT_SERVICE_TOO_HIGH', 'UNSECURED_DEBT_CAP'] },
  ])('$capacityFen a month, $unsecuredHeadroomFen of the cap left: $reasons', ({ reasons, ...found }) => {
    expect(unaffordable(found, 100_000)).toEqual(reasons);
  });
});

describe('affordableFen', () => {
  it('keeps every payment of the longest level plan within the capacity', () => {
    const rates = fc.constantFrom('0.00015', '0.0003', '0.0006');
    const days = fc.integer({ min: 1, max: 28 });
    fc.assert(
      fc.property(fc.integer({ min: 20_000, max: 2_000_000 }), rates, days, (capacityFen, dailyRate, day) => {
        const principalFen = affordableFen(capacityFen, 'cash-loan', dailyRate, defaultPolicy);
        const startDate = `2026-01-${String(day).padStart(2, '0')}`;
        const plan = planSchedule({
          product: 'cash-loan',
          principalFen,
          dailyRate,
          months: 12,
          method: 'level',
          startDate,
        });
        for (const row of plan) expect(row.principalFen + row.interestFen).toBeLessThanOrEqual(capacityFen);
      }),
    );
  });

  it('weighs a revolving limit by its minimum payment and a month of interest', () => {
    const limitFen = affordableFen(100_000, 'revolving', '0.0005', defaultPolicy);
    expect(limitFen * 0.1 + limitFen * 0.0005 * 31).toBeLessThanOrEqual(100_000);
    expect(limitFen).toBe(865_800);
  });
});
