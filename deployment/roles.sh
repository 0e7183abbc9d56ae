#!/bin/sh
# Creates the two roles and the database on a new server, once. PostgreSQL's image runs it at its first start.
# Reads OWNER_PASSWORD and APP_PASSWORD; POSTGRES_USER is the server's superuser, which the site never uses.
set -eu
psql -Xq -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d postgres \
    -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE safety_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD :'owner_password';
CREATE ROLE safety_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD :'app_password';
CREATE DATABASE safety OWNER safety_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE safety FROM PUBLIC;
GRANT CONNECT ON DATABASE safety TO safety_app;
SQL
