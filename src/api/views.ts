/** Rows as callers see them, by subject. */

export * from './credit/accountViews';
export * from './credit/portfolioViews';
export { explain } from './http/viewParts';
export * from './messaging/receiptViews';
export * from './operations/healthViews';
export * from './origination/applicationViews';
