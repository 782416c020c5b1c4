/** Rows as callers see them, by subject. */
export * from './accountViews';
export * from './applicationViews';
export * from './operations/healthViews';
export * from './portfolioViews';
export * from './receiptViews';
export { explain, links, reason } from './viewParts';
