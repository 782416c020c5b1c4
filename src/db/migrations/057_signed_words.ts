/** A person's word for a purchase, and what was set aside, are signed like what else people decide by. */
export const sql = `
alter table account_word add column mac text;
alter table purchase_approval add column mac text;
alter table set_aside_arrival add column mac text;
`;
