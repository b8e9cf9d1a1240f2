-- false keeps what the key fetches out of the search index
alter table keys add column index_pages boolean not null default true;
