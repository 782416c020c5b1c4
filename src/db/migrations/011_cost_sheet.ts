/** The lender of each credit, and the cost sheets that were confirmed before a credit was taken up. */
export const sql = `
alter table credit_account add column lender_of_record text;
-- Accounts from before the column: their policy version says it.
update credit_account account set lender_of_record = policy.body->>'lenderOfRecord'
  from policy_version policy
 where policy.tenant_id = account.tenant_id and policy.version = account.policy_version;
alter table credit_account alter column lender_of_record set not null;
comment on column credit_account.lender_of_record is 'Who lends, by the policy at the opening; part of the agreement.';

drop trigger agreement_stands on credit_account;
create trigger agreement_stands before update on credit_account for each row
  when ((old.borrower_id, old.application_id, old.acceptance_key, old.product, old.terms, old.policy_version,
         old.lender_of_record)
    is distinct from
    (new.borrower_id, new.application_id, new.acceptance_key, new.product, new.terms, new.policy_version,
     new.lender_of_record))
  execute function refuse_change_of_agreement();

create table cost_sheet_confirmation (
  tenant_id text not null,
  account_id text not null,
  subject text not null,
  sheet_hash text not null,
  sheet_text text not null,
  sheet jsonb not null,
  confirmed_by text not null,
  confirmed_at timestamptz not null,
  recorded_at_ms bigint not null,
  primary key (tenant_id, account_id, subject),
  foreign key (tenant_id, account_id) references credit_account,
  constraint hash_is_of_text check (sheet_hash = encode(sha256(convert_to(sheet_text, 'UTF8')), 'hex'))
);
comment on table cost_sheet_confirmation is
  'The cost sheet that a borrower confirmed before the account, or a plan of it, was taken up. Append-only.';
comment on column cost_sheet_confirmation.subject is
  'What the sheet is about: account for the account itself, else the business key of the fact, such as instalment/2031.';
select make_append_only('cost_sheet_confirmation');
`;
