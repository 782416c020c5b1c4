/**
 * The types of workflow, one row each. Starting, ids, who hears of the business clock, the gateway to Temporal and the
 * index of the workflows all follow this table: a type without a row, or a row without a workflow, does not compile.
 */
import type { SearchAttributePair } from '@temporalio/common';
import type { Product } from '../domain/policy/lendingPolicy';
import { workflowWords } from '../domain/values/workflowSummaries';
import type { AccountInput } from './credit/account';
import type { DebitLaneInput } from './debits/debitLane';
import type { IncidentInput } from './incidents/incident';
import type { EndOfDayInput } from './ledger/endOfDay';
import type { NoticeLaneInput } from './messaging/noticeLane';
import type { TemplateReviewInput } from './messaging/templateReview';
import type { HousekeepingInput } from './operations/housekeeping';
import type { ApplicationInput } from './origination/application';
import type { ModelReviewInput } from './risk/modelReview';
import { searchAttributes } from './searchAttributes';

/** What each type is started with: the one argument of its workflow. */
export interface WorkflowInputs {
  application: ApplicationInput;
  cashLoan: AccountInput;
  revolvingAccount: AccountInput;
  noticeLane: NoticeLaneInput;
  debitLane: DebitLaneInput;
  housekeeping: HousekeepingInput;
  endOfDay: EndOfDayInput;
  incident: IncidentInput;
  templateReview: TemplateReviewInput;
  modelReview: ModelReviewInput;
}

export type WorkflowType = keyof WorkflowInputs;

interface WorkflowRow<Input> {
  /** First part of the workflow's id; the tenant and the identity follow. */
  idPrefix: string;
  /** What tells two of a tenant apart: ids are of business identity, so that the same credit is not started twice. */
  identityOf(input: Input): (string | number)[];
  /** Whether an ended one is started again by a start. A running one is always joined. */
  reuse: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY';
  /** A message starts it where it does not run, even after its end. Else a message finds nobody. */
  isStartedByMessages: boolean;
  /** The sender of the start is recorded: the input is signed. */
  isStartSigned: boolean;
  /** Sleeps until instants of the business clock, and takes the signal `clockMoved`. */
  hearsClock: boolean;
  /** One line of the Temporal Web UI that never changes. */
  summaryOf(input: Input): string;
  /** Known before its first task. */
  searchAttributesOf?(input: Input): SearchAttributePair[];
}

export const workflowTypes = {
  application: {
    idPrefix: 'application',
    identityOf: ({ applicationId }): [applicationId: string] => [applicationId],
    // An application is judged once.
    reuse: 'REJECT_DUPLICATE',
    isStartedByMessages: false,
    isStartSigned: true,
    hearsClock: true,
    summaryOf: workflowWords.application,
    searchAttributesOf: ({ tenantId, product }) => [
      { key: searchAttributes.tenant, value: tenantId },
      { key: searchAttributes.product, value: product },
    ],
  },
  cashLoan: accountRow('cash-loan', 'cash-loan'),
  revolvingAccount: accountRow('revolving', 'revolving'),
  noticeLane: laneRow('notice-lane', workflowWords.noticeLane),
  debitLane: laneRow('debit-lane', workflowWords.debitLane),
  housekeeping: {
    idPrefix: 'housekeeping',
    identityOf: (): [] => [],
    reuse: 'ALLOW_DUPLICATE',
    isStartedByMessages: false,
    isStartSigned: false,
    // It counts days of real time.
    hearsClock: false,
    summaryOf: workflowWords.housekeeping,
  },
  endOfDay: {
    idPrefix: 'end-of-day',
    identityOf: (): [] => [],
    reuse: 'ALLOW_DUPLICATE',
    isStartedByMessages: false,
    isStartSigned: false,
    hearsClock: true,
    summaryOf: workflowWords.endOfDay,
  },
  incident: {
    idPrefix: 'incident',
    identityOf: ({ incidentId }): [incidentId: string] => [incidentId],
    // One that somebody terminated lives again: what it stops could not be lifted without it.
    reuse: 'ALLOW_DUPLICATE_FAILED_ONLY',
    isStartedByMessages: false,
    isStartSigned: false,
    hearsClock: true,
    summaryOf: workflowWords.incident,
  },
  templateReview: {
    idPrefix: 'template-review',
    identityOf: ({ kind, version }: { kind: string; version: number }): [kind: string, version: number] => [
      kind,
      version,
    ],
    reuse: 'REJECT_DUPLICATE',
    isStartedByMessages: false,
    isStartSigned: false,
    hearsClock: true,
    summaryOf: workflowWords.templateReview,
  },
  modelReview: {
    idPrefix: 'model-review',
    identityOf: ({ card, version }: { card: string; version: string }): [card: string, version: string] => [
      card,
      version,
    ],
    // One that somebody terminated lives again: nobody would see its validation lapse.
    reuse: 'ALLOW_DUPLICATE_FAILED_ONLY',
    isStartedByMessages: false,
    isStartSigned: false,
    hearsClock: true,
    summaryOf: workflowWords.modelReview,
  },
} satisfies { [Type in WorkflowType]: WorkflowRow<WorkflowInputs[Type]> };

/** Opened once. Money that comes after the end starts it again: its first step finds the opening in the books. */
function accountRow(idPrefix: string, product: Product) {
  return {
    idPrefix,
    identityOf: ({ accountId }: AccountInput): [accountId: string] => [accountId],
    reuse: 'REJECT_DUPLICATE',
    isStartedByMessages: true,
    isStartSigned: false,
    hearsClock: true,
    summaryOf: ({ accountId }: AccountInput) => workflowWords.account({ accountId, product }),
  } as const;
}

/** The first ring starts it. */
function laneRow(idPrefix: string, summaryOf: (input: { lane: number }) => string) {
  return {
    idPrefix,
    identityOf: ({ lane }: { lane: number }): [lane: number] => [lane],
    reuse: 'ALLOW_DUPLICATE',
    isStartedByMessages: true,
    isStartSigned: false,
    hearsClock: true,
    summaryOf,
  } as const;
}

type Table = typeof workflowTypes;

/** Types that a message may start: {@link WorkflowRow.isStartedByMessages}. */
export type StartedByMessages = {
  [Type in WorkflowType]: Table[Type]['isStartedByMessages'] extends true ? Type : never;
}[WorkflowType];

/** What the index of the workflows exports: one function of each type, and nothing else. */
export type WorkflowFunctions = { [Type in WorkflowType]: (input: WorkflowInputs[Type]) => Promise<unknown> };

const TYPES = Object.keys(workflowTypes) as WorkflowType[];

export const TYPES_THAT_HEAR_THE_CLOCK = TYPES.filter((type) => workflowTypes[type].hearsClock);

/** The row of a type, as what is common to all. */
export function rowOf<Type extends WorkflowType>(type: Type): WorkflowRow<WorkflowInputs[Type]> {
  // The table is checked row by row; of a type that is not known yet the compiler sees all of them at once.
  return workflowTypes[type] as unknown as WorkflowRow<WorkflowInputs[Type]>;
}

export function workflowIdOf<Type extends WorkflowType>(type: Type, input: WorkflowInputs[Type]): string {
  const { idPrefix, identityOf } = rowOf(type);
  return [idPrefix, input.tenantId, ...identityOf(input)].join('/');
}

/** By the tenant and what tells apart, such as `workflowIds.cashLoan('demo', 'a-1')`: `cash-loan/demo/a-1`. */
export const workflowIds = Object.fromEntries(
  TYPES.map((type) => [type, (...identity: unknown[]) => [workflowTypes[type].idPrefix, ...identity].join('/')]),
) as { [Type in WorkflowType]: (tenantId: string, ...identity: ReturnType<Table[Type]['identityOf']>) => string };

/** The workflow of an account of each product. */
export const ACCOUNT_WORKFLOWS = {
  'cash-loan': 'cashLoan',
  revolving: 'revolvingAccount',
} as const satisfies Record<Product, WorkflowType>;

/** Of an account of a product. */
export function workflowIdOfAccount(
  product: Product,
  { tenantId, accountId }: { tenantId: string; accountId: string },
): string {
  return workflowIds[ACCOUNT_WORKFLOWS[product]](tenantId, accountId);
}
