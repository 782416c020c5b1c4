/** Rows as callers see them, by subject. */
export * from './accountViews';
export * from './applicationViews';
export { explain, links, reason } from './http/viewParts';
export * from './operations/healthViews';
export * from './portfolioViews';
export * from './receiptViews';
