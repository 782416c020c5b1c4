/** When a lane looks next by itself, so that a notice which it finds in time anyway does not ring it. */
export const sql = `
alter table notice_lane add column next_due_at_ms bigint;
comment on column notice_lane.next_due_at_ms is
  'Until when the lane sleeps; null while it sweeps, and while it knows of nothing that is planned.';
`;
