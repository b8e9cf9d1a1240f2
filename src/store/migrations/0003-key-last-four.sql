-- By its end a person finds a key among others; empty for secrets too short to show any of it.
alter table keys add column last_four text not null default '';
