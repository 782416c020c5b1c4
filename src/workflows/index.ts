/** The workflows a worker registers, by the names upstream systems start them with; `registered.ts` holds them to the table. */
export { application } from './application';
export { cashLoan } from './cashLoan';
export { debitLane } from './debitLane';
export { endOfDay } from './endOfDay';
export { incident } from './incident';
export { noticeLane } from './noticeLane';
export { housekeeping } from './operations/housekeeping';
export { revolvingAccount } from './revolvingAccount';
export { templateReview } from './templateReview';
