/** Which refusals of a notice were a carrier's word about its message, and so count against its tries. */
export const sql = `
alter table notice_attempt add column uses_try boolean not null default false;
comment on column notice_attempt.uses_try is
  'A refusal that was about the message. Others were about the carrier or our way to it, and the notice waits on.';
`;
