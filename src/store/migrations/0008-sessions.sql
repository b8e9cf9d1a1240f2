-- Browser sessions. Who has the browser holds a lease; a row whose lease ran out belongs to a process that died.
create table sessions (
  id text primary key,
  seq bigint generated always as identity,
  workspace_id text not null references workspaces (id) on delete cascade,
  key_id text not null,
  mode text not null,
  dialect text not null,
  state text not null,
  reason text,
  token text not null,
  address text,
  intent json not null,
  holder text not null,
  lease_until timestamptz not null,
  -- Asked for by a process that does not have the browser.
  end_asked boolean not null default false,
  idle_ms integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz not null,
  ended_at timestamptz,
  credits bigint not null default 0
);
create index sessions_of_workspace on sessions (workspace_id, seq);
create index sessions_active on sessions (key_id) where state = 'active';
create index sessions_ended on sessions (ended_at) where ended_at is not null;

create function session_data(s sessions) returns json language sql immutable as $$
  select json_build_object('session_id', s.id, 'state', s.state, 'reason', s.reason, 'created_at', s.created_at, 'expires_at', s.expires_at, 'ended_at', s.ended_at,
    'duration_ms', floor(extract(epoch from coalesce(s.ended_at, s.created_at) - s.created_at) * 1000), 'credits', s.credits)
$$;

-- Ends a session once, and tells of it in the same transaction.
create function end_session(p_id text, p_reason text, p_at timestamptz) returns void language plpgsql as $$
declare
  s sessions;
begin
  update sessions set state = case when p_reason = 'expired' or p_at >= expires_at then 'expired' else 'stopped' end,
    reason = case when p_at >= expires_at and p_reason in ('lost', 'idle') then 'expired' else p_reason end, ended_at = least(p_at, expires_at)
  where id = p_id and state = 'active' returning * into s;
  if found then
    perform fan_out(s.workspace_id, null, null, 'session.stopped', 'evt_' || s.id || '_stopped', p_at, session_data(s));
  end if;
end $$;
