/** The default policy as the demo lives by it: it asks suppliers, and waits for them for some days. */
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';

export const demoPolicy: LendingPolicy = {
  ...defaultPolicy,
  version: `${defaultPolicy.version}-demo`,
  assessment: {
    ...defaultPolicy.assessment,
    // A business day of the demo is less than a second: whoever decides or comes back has some of them.
    referralDays: 7,
    sources: {
      required: [
        { kind: 'identity', freshDays: 30 },
        { kind: 'financial-record', freshDays: 30 },
        { kind: 'consumption', freshDays: 30 },
      ],
      retryAfterMinutes: [60, 720],
      deadlineHours: 120,
    },
  },
};
