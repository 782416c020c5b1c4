/** Everything an upstream needs to start and feed the workflows through Temporal; see docs/temporal-contracts.md. */

export * from './credit/account';
export * from './credit/accountMessages';
export type { Datable } from './credit/datable';
export { type DebitLaneInput, type DebitTotals, debitLaneRung, debitTotals } from './debits/debitLane';
export * from './incidents/incident';
export * from './incidents/incidentValidation';
export type { EndOfDayInput } from './ledger/endOfDay';
export { type LaneTotals, laneRung, laneTotals, type NoticeLaneInput } from './messaging/noticeLane';
export * from './messaging/templateReview';
export * from './messaging/templateReviewValidation';
export * from './names';
export type { Acted, Actor } from './operations/actor';
export * from './operations/clock';
export type { HousekeepingInput } from './operations/housekeeping';
export * from './origination/application';
export * from './origination/costDisclosure';
export * from './risk/modelReview';
export * from './risk/modelReviewValidation';
export * from './validation';
