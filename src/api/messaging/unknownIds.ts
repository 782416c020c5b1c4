/** Bounds what is kept of receipts of messages that nobody knows. */
import { Allowances, type Rate } from '../http/allowance';

/** How many of so many receipts of a provider for messages that nobody knows are kept. */
export type AdmitUnknown = (provider: string, count: number) => number;

/** A receipt may overtake the answer that names its message; so many at once do not. */
const UNKNOWN = { perSecond: 20, burst: 5000 };
const PROVIDERS_KEPT = 1000;

/** `now`: real milliseconds. Of one process. */
export function createAdmitUnknown(now: () => number, rate: Rate = UNKNOWN): AdmitUnknown {
  const allowances = new Allowances(rate, PROVIDERS_KEPT);
  return (provider, count) => {
    const admitted = Math.min(count, allowances.left(provider, now()));
    allowances.spend(provider, admitted, now());
    return admitted;
  };
}
