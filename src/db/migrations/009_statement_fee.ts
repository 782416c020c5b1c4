/** Fees on bills: parts of the fees of instalment plans. Bills from before there were plans bore none. */
export const sql = `
alter table statement add column fee_fen fen not null default 0;
comment on column statement.fee_fen is 'Fees of instalment plans that are owed on the bill date.';
`;
