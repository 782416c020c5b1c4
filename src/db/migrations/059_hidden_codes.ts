/** The inbox keeps a copy like the others: with its verification code covered. What was kept before is covered too. */
export const sql = `
update inbox_message set text = regexp_replace(text, '(真伪核验码)[23456789CDFHJKMNPQRTVWXY]{8}', '\\1********', 'g')
 where text ~ '真伪核验码[23456789CDFHJKMNPQRTVWXY]{8}';
comment on column inbox_message.text is
  'As the app shows it, with its verification code covered: whoever reads it there need not ask whether it is ours.';
`;
