-- The steps of metering that must be one transaction. Functions, so that a busy workspace's row is locked for one
-- statement and not for a conversation. Lock order everywhere: reservation, workspace, key.

create function month_of(p_now timestamptz) returns date language sql immutable
as $$ select date_trunc('month', p_now at time zone 'utc')::date $$;

create function day_of(p_now timestamptz) returns date language sql immutable
as $$ select (p_now at time zone 'utc')::date $$;

-- Locks a workspace and, in a new month, lets what is left of the old grant expire and grants anew.
create function lock_workspace(p_workspace text, p_now timestamptz) returns workspaces language plpgsql as $$
declare
  w workspaces;
begin
  select * into w from workspaces where id = p_workspace for update;
  if not found or w.period >= month_of(p_now) then
    return w;
  end if;
  if w.monthly_credits is not null then
    if w.balance > w.extra then
      insert into ledger (workspace_id, at, kind, amount) values (w.id, p_now, 'expire', w.extra - w.balance);
    end if;
    if w.monthly_credits > 0 then
      insert into ledger (workspace_id, at, kind, amount) values (w.id, p_now, 'grant', w.monthly_credits);
    end if;
    w.balance := w.extra + w.monthly_credits;
  end if;
  w.period := month_of(p_now);
  update workspaces set balance = w.balance, period = w.period where id = w.id;
  return w;
end $$;

-- verdict: ok, credits, key_credits, daily_cap
create function admit(
  p_permit text, p_workspace text, p_key text, p_request text, p_credits bigint, p_gate boolean,
  p_holder text, p_now timestamptz, p_expires timestamptz,
  out verdict text, out available bigint
) language plpgsql as $$
declare
  w workspaces;
  k keys;
  v_today bigint;
  v_held bigint := 0;
  v_from_extra bigint := 0;
begin
  if exists (select from reservations where permit_id = p_permit) then
    verdict := 'ok';
    return;
  end if;

  select * into w from workspaces where id = p_workspace;
  if w.monthly_credits is not null and (not p_gate or w.period < month_of(p_now)) then
    w := lock_workspace(p_workspace, p_now);
  end if;
  if w.monthly_credits is not null then
    if w.balance < p_credits and not p_gate or w.balance <= 0 and p_gate then
      verdict := 'credits';
      available := w.balance;
      return;
    end if;
    v_held := p_credits;
    v_from_extra := w.extra - least(w.extra, w.balance - p_credits);
  end if;

  select * into k from keys where id = p_key;
  if k.credit_limit is not null or k.daily_credit_cap is not null then
    if not p_gate then
      select * into k from keys where id = p_key for update;
    end if;
    v_today := case when k.spent_day = day_of(p_now) then k.spent_today else 0 end;
    if k.spent + p_credits > k.credit_limit and not p_gate or k.spent >= k.credit_limit and p_gate then
      verdict := 'key_credits';
      available := greatest(0, k.credit_limit - k.spent);
      return;
    end if;
    if v_today + p_credits > k.daily_credit_cap and not p_gate or v_today >= k.daily_credit_cap and p_gate then
      verdict := 'daily_cap';
      available := greatest(0, k.daily_credit_cap - v_today);
      return;
    end if;
  end if;

  verdict := 'ok';
  if p_gate or p_credits = 0 then
    return;
  end if;
  if k.credit_limit is not null or k.daily_credit_cap is not null then
    update keys set spent = spent + p_credits, spent_day = day_of(p_now), spent_today = v_today + p_credits where id = p_key;
  end if;
  if v_held > 0 then
    update workspaces set balance = balance - v_held, extra = extra - v_from_extra where id = p_workspace;
  end if;
  insert into ledger (workspace_id, key_id, at, kind, amount, permit_id, request_id)
  values (p_workspace, p_key, p_now, 'reserve', -v_held, p_permit, p_request);
  insert into reservations (permit_id, workspace_id, key_id, request_id, credits, held, from_extra, period, day, holder, created_at, expires_at)
  values (p_permit, p_workspace, p_key, p_request, p_credits, v_held, v_from_extra, w.period, day_of(p_now), p_holder, p_now, p_expires);
end $$;

create function record_request(p_workspace text, p_record json) returns void language sql as $$
  insert into requests (workspace_id, id, shown_id, at, dialect, method, path, verb, key_id, key_name, mode, status, credits, duration_ms, url, failure_code, detail)
  select p_workspace, r.* from json_to_record(p_record) as r (
    id text, shown_id text, at timestamptz, dialect text, method text, path text, verb text, key_id text, key_name text, mode text,
    status integer, credits bigint, duration_ms double precision, url text, failure_code text, detail json
  )
$$;

-- Ends a permit. p_credits null releases it, otherwise it is settled at that price; p_only_expired is the sweeper's.
-- False when there was nothing to do because it was done before.
create function settle(
  p_permit text, p_workspace text, p_key text, p_request text, p_credits bigint,
  p_now timestamptz, p_shard smallint, p_only_expired boolean, p_record json
) returns boolean language plpgsql as $$
declare
  r reservations;
  w workspaces;
  k keys;
  v_credits bigint := coalesce(p_credits, 0);
  v_back bigint;
  v_to_extra bigint := 0;
  v_amount bigint := 0;
begin
  delete from reservations where permit_id = p_permit and (not p_only_expired or expires_at <= p_now) returning * into r;
  if r.permit_id is null then
    if p_only_expired then
      return false;
    end if;
    if p_credits is null then
      -- Recorded before if this very call has succeeded before; the sweeper's release recorded nothing.
      if p_record is not null and not exists (select from ledger where permit_id = p_permit and kind = 'release' and note is null) then
        perform record_request(p_workspace, p_record);
      end if;
      return false;
    end if;
  end if;

  select * into w from workspaces where id = p_workspace;
  if w.monthly_credits is not null or r.held > 0 then
    w := lock_workspace(p_workspace, p_now);
    v_back := coalesce(r.held, 0) - v_credits;
    if v_back >= 0 then
      v_to_extra := least(v_back, r.from_extra);
      -- What a past month granted has expired meanwhile; what was topped up has not.
      v_amount := case when r.period = w.period then v_back else v_to_extra end;
    elsif w.monthly_credits is not null then
      v_amount := -least(w.balance, -v_back);
      v_to_extra := least(0, w.balance + v_amount - w.extra);
    end if;
  end if;

  insert into ledger (workspace_id, key_id, at, kind, amount, used, permit_id, request_id, note)
  values (p_workspace, p_key, p_now, case when p_credits is null then 'release' else 'settle' end, v_amount, v_credits, p_permit, p_request,
    case when p_only_expired then 'expired' end)
  on conflict do nothing;
  if not found then
    return false;
  end if;
  if v_amount <> 0 then
    update workspaces set balance = balance + v_amount, extra = extra + v_to_extra where id = p_workspace;
  end if;

  select * into k from keys where id = p_key;
  if k.credit_limit is not null or k.daily_credit_cap is not null then
    update keys set
      spent = spent + v_credits - coalesce(r.credits, 0),
      spent_day = day_of(p_now),
      spent_today = case when spent_day = day_of(p_now) then spent_today else 0 end
        + v_credits - case when r.day = day_of(p_now) then r.credits else 0 end
    where id = p_key;
  end if;

  if v_credits > 0 then
    insert into usage_days as u (workspace_id, day, key_id, shard, credits, requests)
    values (p_workspace, day_of(p_now), p_key, p_shard, v_credits, 1)
    on conflict (workspace_id, day, key_id, shard) do update set credits = u.credits + excluded.credits, requests = u.requests + 1;
  end if;
  if p_record is not null then
    perform record_request(p_workspace, p_record);
  end if;
  return true;
end $$;

create function top_up(p_workspace text, p_credits bigint, p_note text, p_now timestamptz) returns void language plpgsql as $$
begin
  perform lock_workspace(p_workspace, p_now);
  insert into ledger (workspace_id, at, kind, amount, note) values (p_workspace, p_now, 'top_up', p_credits, p_note);
  update workspaces set balance = balance + p_credits, extra = extra + p_credits where id = p_workspace;
end $$;

-- What was used this month counts towards a new limit, so that used + monthly part of the balance = limit.
create function set_monthly_credits(p_workspace text, p_credits bigint, p_now timestamptz) returns void language plpgsql as $$
declare
  w workspaces;
  v_taken bigint;
  v_balance bigint;
begin
  w := lock_workspace(p_workspace, p_now);
  select coalesce(sum(credits), 0) into v_taken from usage_days where workspace_id = p_workspace and day >= w.period;
  select v_taken + coalesce(sum(held - from_extra), 0) into v_taken from reservations where workspace_id = p_workspace and period = w.period;
  v_balance := w.extra + greatest(0, coalesce(p_credits, 0) - v_taken);
  insert into ledger (workspace_id, at, kind, amount, note)
  values (p_workspace, p_now, 'limit', v_balance - w.balance, coalesce(p_credits::text, 'unlimited'));
  update workspaces set monthly_credits = p_credits, balance = v_balance where id = p_workspace;
end $$;

-- One request of a key: its place in the sliding 60 s window and among the running requests, or a refusal that takes
-- neither. Events are numbered without gaps and in order of time, so that a count is one subtraction of numbers.
-- verdict: ok, rate, concurrency
create function enter(
  p_key text, p_rpm integer, p_concurrency integer, p_lease text, p_holder text, p_now timestamptz, p_ttl interval,
  out verdict text, out counted bigint, out wait_ms double precision, out running bigint
) language plpgsql as $$
declare
  v_seq bigint;
  v_last timestamptz;
  v_now timestamptz;
  v_first bigint;
  v_oldest timestamptz;
begin
  insert into rate_windows as r (key_id, seq, last_at) values (p_key, 0, '-infinity')
  on conflict (key_id) do nothing;
  select seq, last_at into v_seq, v_last from rate_windows where key_id = p_key for update;
  -- Read after the lock: whoever waited comes later.
  v_now := greatest(coalesce(p_now, clock_timestamp()), v_last);
  verdict := 'ok';

  select seq, at into v_first, v_oldest from rate_events
  where key_id = p_key and at > v_now - interval '60 seconds' order by at, seq limit 1;
  counted := case when v_first is null then 0 else v_seq - v_first + 1 end;
  wait_ms := case when v_first is null then 60000 else extract(epoch from v_oldest + interval '60 seconds' - v_now) * 1000 end;
  if p_rpm is not null and counted >= p_rpm then
    verdict := 'rate';
    return;
  end if;

  if p_concurrency is not null then
    select count(*) into running from leases where key_id = p_key and expires_at > v_now;
    if running >= p_concurrency then
      verdict := 'concurrency';
      return;
    end if;
    insert into leases (id, key_id, holder, created_at, expires_at) values (p_lease, p_key, p_holder, v_now, v_now + p_ttl);
    running := running + 1;
  end if;

  if p_rpm is not null then
    insert into rate_events (key_id, seq, at) values (p_key, v_seq + 1, v_now);
    update rate_windows set seq = v_seq + 1, last_at = v_now where key_id = p_key;
    counted := counted + 1;
  end if;
end $$;

-- Several permits in one transaction. Callers sort them by workspace and key, so that batches never wait in a circle.
create function admit_all(p_items json)
returns table (verdict text, available bigint) language plpgsql as $$
declare
  i record;
begin
  for i in select * from json_to_recordset(p_items) as x (
    permit text, workspace text, key text, request text, credits bigint, gate boolean, holder text, at timestamptz, expires timestamptz
  ) loop
    return query select a.verdict, a.available from admit(i.permit, i.workspace, i.key, i.request, i.credits, i.gate, i.holder, i.at, i.expires) a;
  end loop;
end $$;

-- An item without a permit is only recorded.
create function settle_all(p_items json) returns void language plpgsql as $$
declare
  i record;
begin
  for i in select * from json_to_recordset(p_items) as x (
    permit text, workspace text, key text, request text, credits bigint, at timestamptz, shard smallint, record json
  ) loop
    if i.permit is null then
      perform record_request(i.workspace, i.record);
    else
      perform settle(i.permit, i.workspace, i.key, i.request, i.credits, i.at, i.shard, false, i.record);
    end if;
  end loop;
end $$;
