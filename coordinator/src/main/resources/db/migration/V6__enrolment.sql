create table enrolment_tokens (
    id             varchar(16)  not null primary key,
    proof_key      varchar(64)  not null,
    agent          varchar(40)  not null,
    created_by     varchar(80)  not null,
    expires_millis bigint       not null,
    used_millis    bigint       not null
);

create table enrolments (
    agent           varchar(40) not null primary key,
    signing_key     varchar(64) not null,
    sealing_key     text        not null,
    serial          varchar(40) not null,
    enrolled_millis bigint      not null,
    expires_millis  bigint      not null,
    revoked_millis  bigint      not null
);
