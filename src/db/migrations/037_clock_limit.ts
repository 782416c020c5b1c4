/** How far an accelerated clock may go before what lives by it has kept up (docs/decisions/0040-first-ten-minutes.md). */
export const sql = `
alter table business_clock add column limit_ms bigint;
comment on column business_clock.limit_ms is
  'Business instant that the clock does not pass until it is raised; null where nobody bounds it.';
`;
