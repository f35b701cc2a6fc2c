delete from outbox where sent_millis is not null;
drop index outbox_by_sent;
alter table outbox drop column sent_millis;
