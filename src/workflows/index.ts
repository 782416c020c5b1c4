/** The workflows a worker registers, by the names upstream systems start them with; `registered.ts` holds them to the table. */

export { cashLoan } from './credit/cashLoan';
export { revolvingAccount } from './credit/revolvingAccount';
export { debitLane } from './debits/debitLane';
export { incident } from './incidents/incident';
export { endOfDay } from './ledger/endOfDay';
export { noticeLane } from './messaging/noticeLane';
export { templateReview } from './messaging/templateReview';
export { housekeeping } from './operations/housekeeping';
export { application } from './origination/application';
export { modelReview } from './risk/modelReview';
