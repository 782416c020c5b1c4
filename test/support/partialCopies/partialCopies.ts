/**
 * Copies of lists with a word too few, too many or misspelt: none of them compiles (decisions/0063). Each expects its
 * error, and TypeScript refuses an expectation that finds none. `test/partialCopies.test.ts` compiles this file.
 */

import type { Terms } from '../../../src/domain/credit/account';
import {
  type ACCOUNT_STAGES,
  CLOSED_STAGES,
  type ClosedStage,
  type Stage,
} from '../../../src/domain/credit/accountStages';
import type { FactKind } from '../../../src/domain/credit/factKinds';
import type { FactRule } from '../../../src/domain/credit/requests/factRule';
import type { DebitRefusalClass, DebitStatus } from '../../../src/domain/debits/debitStatuses';
import type { IncidentStage, Measure, ScopeField } from '../../../src/domain/incidents/incidentStages';
import type { IncidentScope } from '../../../src/domain/incidents/incidents';
import type { LedgerAccount } from '../../../src/domain/ledger/journal';
import { NOTICE_TABLE, type NoticeKind, type NoticeKindRow } from '../../../src/domain/messaging/outbox/noticeKinds';
import {
  type AttemptStatus,
  type CancelReason,
  NOTICE_STATUSES,
  type NoticeStatus,
  type ReceiptStatus,
  type SendFailure,
  TOLD_BY_CARRIER,
} from '../../../src/domain/messaging/outbox/noticeStatuses';
import type { WordingName } from '../../../src/domain/messaging/outbox/wordings';
import type { TemplateStage } from '../../../src/domain/messaging/templates/templateStages';
import type { ApplicationStage } from '../../../src/domain/origination/applicationStages';
import type { Bucket, Component, RepaymentMethod } from '../../../src/domain/policy/lendingPolicy';
import { byProduct, type Product } from '../../../src/domain/policy/products';
import { namesOf, namesWith } from '../../../src/domain/values/tables';

declare const TERMS: Terms;

// A kind without one of its columns.
const { tone: _tone, ...WITHOUT_TONE } = NOTICE_TABLE['due-soon'];
// @ts-expect-error the tone is missing
WITHOUT_TONE satisfies NoticeKindRow;
// @ts-expect-error no such class
({ ...NOTICE_TABLE['due-soon'], class: 'marketing' }) satisfies NoticeKindRow;
// @ts-expect-error no variable of a text
({ ...NOTICE_TABLE['due-soon'], variables: ['phone'] }) satisfies NoticeKindRow;

// What a kind of fact does to the accounts of a product that takes it, or that does not.
const nothing = () => {};
// @ts-expect-error it does something to a loan as well
({ folds: { revolving: nothing }, refusals: 'none' }) satisfies FactRule<'rate-corrected'>;
// @ts-expect-error a loan has no purchases
({ folds: { 'cash-loan': nothing, revolving: nothing }, refusals: 'none' }) satisfies FactRule<'purchased'>;
// @ts-expect-error it is said of every kind why it is refused
({ folds: { 'cash-loan': nothing } }) satisfies FactRule<'restructured'>;
const ALL_BUT_ONE = {} as Record<Exclude<FactKind, 'written-off'>, unknown>;
// @ts-expect-error every kind but written-off
ALL_BUT_ONE satisfies Record<FactKind, unknown>;

// A kind, stage, status … that a table over the words forgets.
const { 'phone-changed': _kind, ...KINDS_BUT_ONE } = NOTICE_TABLE;
// @ts-expect-error phone-changed is missing
KINDS_BUT_ONE satisfies Record<NoticeKind, unknown>;
// @ts-expect-error every stage but written-off
({ current: 0, overdue: 0, 'write-off-review': 0, settled: 0 }) satisfies Record<Stage, number>;
// @ts-expect-error written-off is closed as well
({ settled: 0 }) satisfies Record<ClosedStage, number>;
// @ts-expect-error every stage but expired
({ assessing: 0, referred: 0, offered: 0, declined: 0, accepted: 0 }) satisfies Record<ApplicationStage, number>;
// @ts-expect-error every stage but resuming
({ open: 0, acknowledged: 0, resumed: 0, reviewed: 0 }) satisfies Record<IncidentStage, number>;
// @ts-expect-error only the stages of before
({ draft: 0, active: 0, retired: 0 }) satisfies Record<TemplateStage, number>;
// @ts-expect-error every status but undelivered
({ planned: 0, attempted: 0, accepted: 0, delivered: 0, refused: 0, unknown: 0, cancelled: 0 }) satisfies Record<
  NoticeStatus,
  number
>;
// @ts-expect-error pending is missing
({ planned: 0, attempted: 0, unknown: 0, settled: 0, refused: 0, cancelled: 0 }) satisfies Record<DebitStatus, number>;
// @ts-expect-error a loan alone
({ 'cash-loan': 0 }) satisfies Record<Product, number>;
// @ts-expect-error three of four
({ fee: 0, penalty: 0, interest: 0 }) satisfies Record<Component, number>;
// @ts-expect-error a revolving account begins as well
byProduct(TERMS, { 'cash-loan': ({ startDate }) => startDate });
// @ts-expect-error no figure of a revolving account
({ 'cash-loan': 0 })[TERMS.product] satisfies number;
// @ts-expect-error M7 is missing
({ M0: 0, M1: 0, M2: 0, M3: 0, M4: 0, M5: 0, M6: 0 }) satisfies Record<Bucket, number>;
// @ts-expect-error level-monthly is missing
({ level: 0, 'interest-first': 0 }) satisfies Record<RepaymentMethod, number>;
// @ts-expect-error applications are missing
({ notices: 0, draws: 0, 'auto-debit': 0 }) satisfies Record<Measure, number>;
// @ts-expect-error one account of thirteen
({ funding: 0 }) satisfies Record<LedgerAccount, number>;
// @ts-expect-error two of five
({ transient: 0, windowed: 0 }) satisfies Record<SendFailure, number>;
// @ts-expect-error two of five
({ limit: 0, 'rail-refused': 0 }) satisfies Record<DebitRefusalClass, number>;

// A word that is none.
// @ts-expect-error closed is no stage
'closed' satisfies Stage;
// @ts-expect-error an amount is no ledger account
'principal' satisfies LedgerAccount;
// @ts-expect-error a loan has no bill
'bill-issued.loan' satisfies WordingName;
// @ts-expect-error of a notice, not of an attempt
'cancelled' satisfies AttemptStatus;
// @ts-expect-error not the end of a message
'pending' satisfies ReceiptStatus;
// @ts-expect-error written otherwise
'too_small' satisfies CancelReason;
// @ts-expect-error a scope that no measure knows
({ channel: 'sms' }) satisfies IncidentScope;
// @ts-expect-error nor its field
'channel' satisfies ScopeField;

// A part of a list by a column that there is not, or a value that the column has not.
// @ts-expect-error no such column
namesWith(NOTICE_STATUSES, { isOver: true });
// @ts-expect-error no such value
namesWith(NOTICE_STATUSES, { isTaken: 'perhaps' });

// What is derived is as narrow as its column, and as wide.
CLOSED_STAGES satisfies ('settled' | 'written-off')[];
// @ts-expect-error both are closed
CLOSED_STAGES satisfies 'settled'[];
TOLD_BY_CARRIER satisfies ReceiptStatus[];
namesOf({} as typeof ACCOUNT_STAGES) satisfies Stage[];

/** A switch over all words needs no end, one that lacks a word does not return. */
export function isDone(stage: ApplicationStage): boolean {
  switch (stage) {
    case 'assessing':
    case 'referred':
    case 'offered':
      return false;
    case 'declined':
    case 'expired':
    case 'accepted':
      return true;
  }
}
// @ts-expect-error accepted is missing
export function isDoneInPart(stage: ApplicationStage): boolean {
  switch (stage) {
    case 'assessing':
    case 'referred':
    case 'offered':
      return false;
    case 'declined':
    case 'expired':
      return true;
  }
}
