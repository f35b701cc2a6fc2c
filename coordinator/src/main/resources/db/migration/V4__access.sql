create table accounts (
    name           varchar(60)  not null primary key,
    password       varchar(200) not null,
    role           varchar(20)  not null,
    failures       integer      not null,
    locked_until   bigint       not null,
    created_millis bigint       not null
);

create table api_tokens (
    id             varchar(16) not null primary key,
    secret_sha256  varchar(64) not null,
    label          varchar(60) not null,
    role           varchar(20) not null,
    created_by     varchar(80) not null,
    expires_millis bigint      not null
);
