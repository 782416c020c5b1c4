/** Borrowers and their vault, applications and decisions, accounts with their facts and bills. */
export const sql = `
create table borrower (
  tenant_id text not null references tenant,
  borrower_id text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, borrower_id)
);
comment on table borrower is 'A person, by id only; what identifies the person is in vault_identity.';

create table vault_identity (
  tenant_id text not null,
  borrower_id text not null,
  name_encrypted bytea,
  id_number_encrypted bytea,
  phone_encrypted bytea,
  key_id text not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, borrower_id),
  foreign key (tenant_id, borrower_id) references borrower
);
comment on table vault_identity is
  'Name, identity number and phone of a borrower, each encrypted and bound to its row and field. The only such place.';

create table application (
  tenant_id text not null,
  application_id text not null,
  borrower_id text not null,
  product text not null check (product in ('cash-loan', 'revolving')),
  requested_fen fen not null check (requested_fen > 0),
  facts jsonb not null,
  stage text not null check (stage in ('assessing', 'referred', 'offered', 'declined', 'expired', 'accepted')),
  assessment jsonb,
  offer jsonb,
  decide_by_at_ms bigint,
  limit_fen fen check (limit_fen > 0),
  drawn_fen fen not null default 0,
  expires_at_ms bigint,
  received_at_ms bigint not null,
  changed_at_ms bigint not null,
  primary key (tenant_id, application_id),
  foreign key (tenant_id, borrower_id) references borrower,
  constraint drawn_within_offer check (drawn_fen between 0 and coalesce(limit_fen, 0)),
  constraint offer_is_complete check (num_nulls(offer, limit_fen, expires_at_ms) in (0, 3))
);
create index application_by_stage on application (tenant_id, stage, received_at_ms);
create index application_by_borrower on application (tenant_id, borrower_id);
comment on table application is 'A request for credit: what was known, what was judged, what was offered and drawn.';

create table decision_record (
  tenant_id text not null references tenant,
  decision_id bigint generated always as identity,
  subject_kind text not null,
  subject_id text not null,
  kind text not null,
  reason_codes text[] not null,
  policy_version text not null,
  body jsonb not null,
  decided_at_ms bigint not null,
  decided_by text not null,
  primary key (tenant_id, decision_id)
);
create index decision_by_subject on decision_record (tenant_id, subject_kind, subject_id);
comment on table decision_record is
  'Every decision with its reasons, its policy version and who made it. Append-only: the answer to an appeal.';
select make_append_only('decision_record');

create table credit_account (
  tenant_id text not null,
  account_id text not null,
  borrower_id text not null,
  application_id text not null,
  acceptance_key text not null,
  acceptance_hash text not null,
  product text not null check (product in ('cash-loan', 'revolving')),
  terms jsonb not null,
  policy_version text not null,
  opened_at_ms bigint not null,
  stage text not null default 'current'
    check (stage in ('current', 'overdue', 'write-off-review', 'settled', 'written-off')),
  bucket text not null default 'M0' check (bucket ~ '^M[0-7]$'),
  days_past_due int not null default 0 check (days_past_due >= 0),
  outstanding_fen fen not null default 0 check (outstanding_fen >= 0),
  overdue_fen fen not null default 0 check (overdue_fen >= 0),
  available_fen fen not null default 0 check (available_fen >= 0),
  next_deadline_at_ms bigint,
  summary text not null default '',
  amount_band text not null default 'none',
  as_of date,
  advanced_at_ms bigint,
  primary key (tenant_id, account_id),
  unique (tenant_id, application_id, acceptance_key),
  foreign key (tenant_id, borrower_id) references borrower,
  foreign key (tenant_id, application_id) references application,
  foreign key (tenant_id, policy_version) references policy_version
);
create index credit_account_by_borrower on credit_account (tenant_id, borrower_id);
create index credit_account_by_stage on credit_account (tenant_id, product, stage, bucket);
create index credit_account_by_deadline on credit_account (tenant_id, next_deadline_at_ms)
  where next_deadline_at_ms is not null;
comment on table credit_account is
  'A credit as agreed, which never changes, and where it stands after its latest step, which every step replaces.';

create function refuse_change_of_agreement() returns trigger language plpgsql as $$
begin
  raise exception 'what was agreed for account % never changes; open another account', old.account_id
    using errcode = 'object_not_in_prerequisite_state';
end $$;
create trigger agreement_stands before update on credit_account for each row
  when ((old.borrower_id, old.application_id, old.acceptance_key, old.product, old.terms, old.policy_version)
    is distinct from
    (new.borrower_id, new.application_id, new.acceptance_key, new.product, new.terms, new.policy_version))
  execute function refuse_change_of_agreement();
select make_permanent('credit_account');

create table account_fact (
  tenant_id text not null,
  account_id text not null,
  business_key text not null,
  kind text not null,
  value_date date not null,
  body jsonb not null,
  input_hash text not null,
  arrived_at_ms bigint not null,
  primary key (tenant_id, account_id, business_key),
  foreign key (tenant_id, account_id) references credit_account
);
comment on table account_fact is
  'What happened to an account, each once by its business key. Append-only: an account is the fold of these rows.';
select make_append_only('account_fact');

create table refused_arrival (
  tenant_id text not null,
  account_id text not null,
  business_key text not null,
  content_hash text not null,
  kind text not null,
  reason_codes text[] not null check (cardinality(reason_codes) > 0),
  body jsonb not null,
  at_ms bigint not null,
  primary key (tenant_id, account_id, business_key, content_hash),
  foreign key (tenant_id, account_id) references credit_account
);
comment on table refused_arrival is
  'What was not taken up as a fact, and why: declined purchases, repeats of a key with other content. Append-only.';
select make_append_only('refused_arrival');

create table statement (
  tenant_id text not null,
  account_id text not null,
  number int not null check (number > 0),
  bill_date date not null,
  due_date date not null check (due_date >= bill_date),
  total_fen fen not null,
  minimum_payment_fen fen not null check (minimum_payment_fen between 0 and greatest(total_fen, 0)),
  principal_fen fen not null,
  interest_fen fen not null,
  penalty_fen fen not null,
  issued_at_ms bigint not null,
  primary key (tenant_id, account_id, number),
  foreign key (tenant_id, account_id) references credit_account
);
comment on table statement is 'A bill as it was issued. Append-only: what became known later is on the next bill.';
select make_append_only('statement');

create table warning (
  tenant_id text not null,
  account_id text not null,
  rule text not null,
  episode_key text not null,
  reason text not null,
  raised_at_ms bigint not null,
  primary key (tenant_id, account_id, rule, episode_key),
  foreign key (tenant_id, account_id) references credit_account
);
create index warning_latest on warning (tenant_id, raised_at_ms desc);
comment on table warning is 'Early warnings of an account, each raised once for its episode. Append-only.';
select make_append_only('warning');
`;
