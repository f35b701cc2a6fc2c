-- By which key the newest message that was handled is signed: another key is another machine, which numbers from one.
alter table uplink_positions add column signing_key varchar(64) default '' not null;
update uplink_positions set signing_key = coalesce(
    (select e.signing_key from enrolments e where e.agent = uplink_positions.agent), '');
