/** Receipts find their notice by `notice_message` since 013: this index was written with every answer, and never read. */
export const sql = `
drop index notice_by_message;
`;
