/** Words of two people about an account: they count in the books, where it is known who said them, not in a workflow. */
export const sql = `
create table account_word (
  tenant_id text not null,
  account_id text not null,
  word_id bigint generated always as identity,
  -- What it is about: write-off, or restructuring/ID.
  subject text not null,
  kind text not null check (kind in ('write-off', 'keep', 'review-ended', 'proposed', 'approved')),
  word_key text not null,
  principal text not null,
  said_by text,
  reason text,
  body jsonb,
  at_ms bigint not null,
  primary key (tenant_id, account_id, word_id),
  unique (tenant_id, account_id, subject, word_key),
  foreign key (tenant_id, account_id) references credit_account,
  constraint signed_where_it_is_one_of_two check (kind in ('keep', 'review-ended')
    or principal ~ '^(staff|system):[A-Za-z0-9][A-Za-z0-9._-]{0,79}$')
);
comment on table account_word is
  'What people said of an account that two must say: write-offs and restructurings, with who and when. Append-only.';
select make_append_only('account_word');
`;
