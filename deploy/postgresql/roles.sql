-- As the administrator, with the variable password set: see deploy/README.md, step 2.
-- The product's role is no superuser: triggers and row-level security hold against it.
CREATE ROLE suigo LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE suigo OWNER suigo TEMPLATE template0 ENCODING 'UTF8'
    LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
\connect suigo
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
CREATE EXTENSION unaccent;
REVOKE ALL ON DATABASE suigo FROM PUBLIC;
