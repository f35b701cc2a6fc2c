create table checkpoints (
    number    bigint       not null primary key,
    body      text         not null,
    signature varchar(128) not null
);
