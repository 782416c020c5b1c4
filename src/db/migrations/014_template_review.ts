/** The review of a notice text: from its draft to its end, by two people, and its registration with providers. */
export const sql = `
drop trigger template_life on notice_template;
alter table notice_template drop constraint notice_template_status_check;
alter table notice_template drop constraint approved_by_someone;

alter table notice_template
  add column submitted_by text not null default 'not-on-record',
  add column submitted_at_ms bigint,
  add column required_providers text[] not null default '{}',
  add column findings jsonb not null default '[]' check (jsonb_typeof(findings) = 'array'),
  add column review_by_ms bigint,
  add column decided_at_ms bigint,
  add column rejected_by text,
  add column decision_reason text,
  add column activated_at_ms bigint,
  add column retired_by text,
  add column retired_at_ms bigint,
  add column retire_reason text,
  add column content_hash text;

-- Approved before there was a workflow: nothing is registered for them, so nothing is waited for.
update notice_template set status = 'registering' where status = 'approved';

create function hash_notice_template() returns trigger language plpgsql as $$
begin
  new.content_hash := encode(sha256(convert_to(jsonb_build_array(new.kind, new.signature, new.body)::text, 'UTF8')), 'hex');
  return new;
end $$;
create trigger template_hash before insert or update of kind, body, signature, content_hash on notice_template
  for each row execute function hash_notice_template();
update notice_template set content_hash = null;
alter table notice_template alter column content_hash set not null;

alter table notice_template
  add constraint notice_template_status_check check (status in
    ('draft', 'in-review', 'registering', 'active', 'superseded', 'retired', 'rejected')),
  add constraint approved_by_someone check (status not in ('registering', 'active', 'superseded') or approved_by is not null),
  add constraint approved_by_another check (approved_by is null or approved_by <> submitted_by),
  add constraint rejected_by_another check (rejected_by is null or rejected_by <> submitted_by),
  add constraint rejected_with_reason check (status <> 'rejected' or decision_reason is not null),
  add constraint active_is_clean check (status <> 'active' or findings = '[]');
comment on column notice_template.submitted_by is
  'Author, by staff identifier; not-on-record: it was added before authors were kept.';
comment on column notice_template.required_providers is 'Providers that must know the text before it is sent with any.';
comment on column notice_template.findings is 'What the automatic checks found: the words and the rule of each.';
comment on column notice_template.content_hash is 'SHA-256 of kind, signature and body; made by the database.';
create index notice_template_by_status on notice_template (tenant_id, status);

create table template_registration (
  tenant_id text not null,
  kind text not null,
  version int not null,
  provider text not null,
  status text not null check (status in ('pending', 'approved', 'rejected', 'not-needed')),
  code text,
  reason text,
  submitted_at_ms bigint not null,
  asked_at_ms bigint not null,
  primary key (tenant_id, kind, version, provider),
  foreign key (tenant_id, kind, version) references notice_template,
  constraint approved_under_a_code check (status <> 'approved' or code is not null),
  constraint rejected_for_a_reason check (status <> 'rejected' or reason is not null)
);
comment on table template_registration is
  'A text as a provider knows it. Not-needed: it takes free text. An answer that is final never changes.';
select make_permanent('template_registration');

create function guard_template_registration() returns trigger language plpgsql as $$
begin
  if (old.tenant_id, old.kind, old.version, old.provider, old.submitted_at_ms)
     is distinct from (new.tenant_id, new.kind, new.version, new.provider, new.submitted_at_ms)
     or (old.status <> 'pending' and old is distinct from new) then
    raise exception 'registration of template % version % with % is % for good', old.kind, old.version, old.provider,
      old.status using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger registration_life before update on template_registration
  for each row execute function guard_template_registration();

-- The last line, whatever a statement says: a wording stands from its review on, ends are ends, and nothing is active
-- that another person has not approved and every required provider does not know.
create or replace function guard_notice_template() returns trigger language plpgsql as $$
declare
  allowed constant jsonb := '{
    "draft": ["in-review", "rejected", "retired"],
    "in-review": ["registering", "rejected", "retired"],
    "registering": ["active", "rejected", "retired"],
    "active": ["superseded", "retired"]
  }';
  missing text;
begin
  if (old.tenant_id, old.kind, old.version) is distinct from (new.tenant_id, new.kind, new.version)
     or old.status <> 'draft' and (old.body, old.signature, old.content_hash, old.submitted_by, old.required_providers)
        is distinct from (new.body, new.signature, new.content_hash, new.submitted_by, new.required_providers)
     or old.approved_by is not null and old.approved_by is distinct from new.approved_by then
    raise exception 'template % version % is %: its wording and approval stand, add another version',
      old.kind, old.version, old.status using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.status = new.status then return new; end if;
  if not coalesce(allowed -> old.status, '[]') ? new.status then
    raise exception 'template % version % is %: it does not become % again',
      old.kind, old.version, old.status, new.status using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.status = 'retired' and new.retired_by is null then
    raise exception 'template % version %: whoever retires it is named', old.kind, old.version
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  if new.status = 'active' then
    select string_agg(needed.name, ', ') into missing from unnest(new.required_providers) needed(name)
     where not exists (select from template_registration r
       where (r.tenant_id, r.kind, r.version, r.provider) = (new.tenant_id, new.kind, new.version, needed.name)
         and r.status in ('approved', 'not-needed'));
    if missing is not null or exists (select from template_registration r
       where (r.tenant_id, r.kind, r.version) = (new.tenant_id, new.kind, new.version)
         and r.status in ('pending', 'rejected')) then
      raise exception 'template % version % is not registered with %', old.kind, old.version,
        coalesce(missing, 'every provider that was asked') using errcode = 'object_not_in_prerequisite_state';
    end if;
  end if;
  return new;
end $$;
create trigger template_life before update on notice_template
  for each row execute function guard_notice_template();

-- What is added begins as a draft, or reviewed already as the texts that come with a release.
create function guard_new_template() returns trigger language plpgsql as $$
begin
  if new.status not in ('draft', 'registering') then
    raise exception 'template % version %: a new one is a draft, or reviewed, and not %', new.kind, new.version, new.status
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger template_begin before insert on notice_template
  for each row execute function guard_new_template();
`;
