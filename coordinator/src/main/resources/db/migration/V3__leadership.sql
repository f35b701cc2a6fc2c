-- The leader counts this up while it lives; a coordinator that waits takes over when it stands still.
alter table leader add column beat bigint default 0 not null;
