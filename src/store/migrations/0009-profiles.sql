-- Cookies and storage under a name. `body` is encrypted; what else is here may be shown.
create table profiles (
  workspace_id text not null references workspaces (id) on delete cascade,
  mode text not null,
  name text not null,
  body bytea not null,
  cookies integer not null,
  sites json not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  used_at timestamptz,
  primary key (workspace_id, mode, name)
);
