/** Rows as callers see them, by subject. */

export * from './applicationViews';
export * from './credit/accountViews';
export * from './credit/portfolioViews';
export { explain, links, reason } from './http/viewParts';
export * from './operations/healthViews';
export * from './receiptViews';
