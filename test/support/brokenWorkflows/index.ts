/**
 * The workflows with a step in another order, as a careless change would leave them: each waits for a timer before its
 * first activity. replay.test.ts must see every committed history fail on them.
 */
import { sleep } from '@temporalio/workflow';
import type { AccountInput, AccountResult } from '../../../src/contracts/credit/account';
import type { DebitLaneInput } from '../../../src/contracts/debits/debitLane';
import type { IncidentInput, IncidentResult } from '../../../src/contracts/incidents/incident';
import type { EndOfDayInput } from '../../../src/contracts/ledger/endOfDay';
import type { NoticeLaneInput } from '../../../src/contracts/messaging/noticeLane';
import type { TemplateReviewInput, TemplateReviewResult } from '../../../src/contracts/messaging/templateReview';
import type { HousekeepingInput } from '../../../src/contracts/operations/housekeeping';
import type { ApplicationInput, ApplicationResult } from '../../../src/contracts/origination/application';
import type { ModelReviewInput, ModelReviewResult } from '../../../src/contracts/risk/modelReview';
import * as today from '../../../src/workflows';

async function afterARest<Input, Result>(live: (input: Input) => Promise<Result>, input: Input): Promise<Result> {
  await sleep('1 day');
  return live(input);
}

export const application = (input: ApplicationInput): Promise<ApplicationResult> =>
  afterARest(today.application, input);
export const cashLoan = (input: AccountInput): Promise<AccountResult> => afterARest(today.cashLoan, input);
export const revolvingAccount = (input: AccountInput): Promise<AccountResult> =>
  afterARest(today.revolvingAccount, input);
export const debitLane = (input: DebitLaneInput): Promise<void> => afterARest(today.debitLane, input);
export const endOfDay = (input: EndOfDayInput): Promise<void> => afterARest(today.endOfDay, input);
export const housekeeping = (input: HousekeepingInput): Promise<void> => afterARest(today.housekeeping, input);
export const incident = (input: IncidentInput): Promise<IncidentResult> => afterARest(today.incident, input);
export const noticeLane = (input: NoticeLaneInput): Promise<void> => afterARest(today.noticeLane, input);
export const templateReview = (input: TemplateReviewInput): Promise<TemplateReviewResult> =>
  afterARest(today.templateReview, input);
export const modelReview = (input: ModelReviewInput): Promise<ModelReviewResult> =>
  afterARest(today.modelReview, input);
