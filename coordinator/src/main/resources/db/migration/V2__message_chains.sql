-- The newest message that was handled of each agent, and that was sent to it: its number and its SHA-256.
alter table uplink_positions add column sequence bigint default 0 not null;
alter table uplink_positions add column hash varchar(64) default '' not null;

-- The message as signed, kept from before it is sent.
alter table outbox add column signed bytea;

create table sent_heads (
    agent    varchar(40) not null primary key,
    sequence bigint      not null,
    hash     varchar(64) not null
);
