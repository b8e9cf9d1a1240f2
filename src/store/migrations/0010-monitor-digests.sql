alter table monitors add column last_digest_at timestamptz;

-- An endpoint that was made to be assigned hears of no monitor but those that name it.
create or replace function fan_out(p_workspace text, p_job text, p_monitor text, p_type text, p_event_id text, p_at timestamptz, p_data json) returns void language sql as $$
  insert into webhook_deliveries (id, endpoint_id, workspace_id, event_id, type, job_id, at, data, state, begun_at, next_at)
  select 'dlv_' || md5(p_event_id || e.id), e.id, p_workspace, p_event_id, p_type, p_job, p_at, p_data, 'pending', p_at, p_at
  from webhook_endpoints e
  where e.workspace_id = p_workspace and e.active and (e.job_id is null or e.job_id = p_job) and (e.monitor_id is null or e.monitor_id = p_monitor)
    and (p_monitor is null or e.options ->> 'assigned' is distinct from 'true' or e.id = (select m.intent ->> 'webhookId' from monitors m where m.id = p_monitor))
    and (p_type = any (e.events) or '*' = any (e.events) or split_part(p_type, '.', 1) || '.*' = any (e.events))
$$;
