package dev.tributary.coordinator.job;

import dev.tributary.coordinator.log.OutboxEntry;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.Job;
import dev.tributary.protocol.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A job under test: commands go in at a clock of its own, events and messages pile up. */
final class Driven {

    record Logged(JobEvent event, Instant at) {}

    final List<Logged> log = new ArrayList<>();
    final List<OutboxEntry> outbox = new ArrayList<>();
    final JobDecider decider = new JobDecider(3);
    JobState state;
    Instant now = Jobs.START;

    Driven(Job job) {
        state = Jobs.submitted(job);
        log.add(new Logged(new JobEvent.JobSubmitted(Jobs.ID, job, Jobs.model(), "name: tone"), now));
    }

    private Driven(JobState state, Instant now) {
        this.state = state;
        this.now = now;
    }

    /** The state that the first {@code count} events give, as after a restart. */
    static Driven replay(List<Logged> log, int count) {
        JobState state = JobState.submitted(
                (JobEvent.JobSubmitted) log.get(0).event(), log.get(0).at());
        for (Logged entry : log.subList(1, count)) {
            state = state.apply(entry.event(), entry.at());
        }
        Driven again = new Driven(state, log.get(count - 1).at());
        again.log.addAll(log.subList(0, count));
        return again;
    }

    static Driven inRound1(Job job) {
        Driven d = new Driven(job);
        d.give(new JobCommand.RecordState(Jobs.state(0)));
        d.give(Jobs.open(d.state, 1, 1, d.now, Jobs.SITES));
        return d;
    }

    /** With a round that waits for {@code wanted} updates of all sites. */
    static Driven inRound1(Job job, int wanted) {
        Driven d = new Driven(job);
        d.give(new JobCommand.RecordState(Jobs.state(0)));
        JobCommand.OpenRound open = Jobs.open(d.state, 1, 1, d.now, Jobs.SITES);
        d.give(new JobCommand.OpenRound(1, 1, open.deadline(), open.members(), open.plans(), wanted));
        return d;
    }

    List<JobEvent> give(JobCommand command) {
        Decision decision = decider.decide(state, command, now);
        decision.events().forEach(event -> log.add(new Logged(event, now)));
        outbox.addAll(decision.outbox());
        state = decision.next();
        return decision.events();
    }

    List<JobEvent> after(Duration time) {
        now = now.plus(time);
        return give(new JobCommand.Tick());
    }

    List<Message> sentTo(AgentId agent) {
        return outbox.stream()
                .filter(entry -> entry.to().equals(agent))
                .map(OutboxEntry::message)
                .toList();
    }

    <T extends Message> List<T> sentTo(AgentId agent, Class<T> type) {
        return sentTo(agent).stream().filter(type::isInstance).map(type::cast).toList();
    }

    Attempt attempt() {
        return state.lastRound().orElseThrow().attempt();
    }
}
