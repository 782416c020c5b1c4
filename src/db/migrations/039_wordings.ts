/** With which wording a notice went out: its kind, or a variant of it for loans, or for who has a mandate. */
export const sql = `
alter table notice add column wording text;
comment on column notice.wording is
  'Of its text: a kind or one of its variants, as in notice_template.kind. Null: not attempted, or attempted before
   there were variants, with the wording of its kind.';
comment on column notice_template.kind is 'The wording: a kind of notice, or one of its variants (due-soon.loan).';

create function guard_notice_wording() returns trigger language plpgsql as $$
begin
  if old.status <> 'planned' and old.wording is distinct from new.wording then
    raise exception 'notice % was attempted: its wording stands', old.notice_id
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger notice_wording before update of wording on notice for each row execute function guard_notice_wording();
`;
