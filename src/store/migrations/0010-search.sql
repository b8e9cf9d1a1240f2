-- Dictionaries of their own for stems: those that PostgreSQL comes with drop frequent words, and "to be or not to be" with them.
do $$
declare language text;
begin
  foreach language in array array[
    'arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'greek', 'hindi', 'hungarian',
    'indonesian', 'irish', 'italian', 'lithuanian', 'nepali', 'norwegian', 'portuguese', 'romanian', 'russian', 'serbian', 'spanish',
    'swedish', 'tamil', 'turkish', 'yiddish']
  loop
    execute format('create text search dictionary lyrebird_%s (template = pg_catalog.snowball, language = %L)', language, language);
    execute format('create text search configuration lyrebird_%s (copy = pg_catalog.simple)', language);
    execute format('alter text search configuration lyrebird_%s alter mapping for asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart with lyrebird_%s', language, language);
  end loop;
end $$;
-- One without stems, that keeps every word.
create text search dictionary lyrebird_simple (template = pg_catalog.simple);
create text search configuration lyrebird_simple (copy = pg_catalog.simple);

create table index_documents (
  id uuid primary key,
  workspace_id text not null references workspaces (id),
  -- what test keys fetched is found by test keys only
  mode text not null check (mode in ('live', 'test')),
  -- equal for spellings of the same address
  key text not null,
  url text not null,
  host text not null,
  title text not null,
  -- configuration of the words: english, simple
  config text not null,
  -- ISO 639-1
  language text,
  published_at timestamptz,
  crawled_at timestamptz not null,
  -- title, description, author and the like as shown
  shown json not null,
  content_hash text not null,
  -- 64 bits in hex
  simhash text not null,
  passages integer not null,
  words integer not null,
  bytes integer not null,
  unique (workspace_id, mode, key)
);
create index index_documents_hosts on index_documents (workspace_id, mode, host);
create index index_documents_ages on index_documents (crawled_at);

create table index_passages (
  document_id uuid not null references index_documents (id) on delete cascade,
  ordinal integer not null,
  heading text not null,
  body text not null,
  words integer not null,
  -- A title, B heading, C address, D body; and as lexemes without a place what narrows a search: workspace and hosts
  terms tsvector not null,
  primary key (document_id, ordinal)
);
create index index_passages_terms on index_passages using gin (terms);
