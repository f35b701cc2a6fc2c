package dev.tributary.coordinator.federation;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.JobId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Registered agents with their keys, and job ids in the order they were given; a value, changed only by events. */
public record FederationState(
        SortedMap<AgentId, AgentProfile> agents,
        SortedMap<AgentId, String> keys,
        List<String> refusedKeys,
        List<JobId> jobs) {

    public static final FederationState EMPTY =
            new FederationState(new TreeMap<>(), new TreeMap<>(), List.of(), List.of());

    public FederationState {
        agents = Collections.unmodifiableSortedMap(new TreeMap<>(agents));
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
        refusedKeys = List.copyOf(refusedKeys);
        jobs = List.copyOf(jobs);
    }

    public FederationState apply(FederationEvent event) {
        if (event instanceof FederationEvent.AgentRegistered e) {
            TreeMap<AgentId, AgentProfile> next = new TreeMap<>(agents);
            next.put(e.profile().id(), e.profile());
            return new FederationState(next, keys, refusedKeys, jobs);
        } else if (event instanceof FederationEvent.KeyPinned e) {
            TreeMap<AgentId, String> next = new TreeMap<>(keys);
            next.put(e.agent(), e.publicKey());
            return new FederationState(agents, next, refusedKeys, jobs);
        } else if (event instanceof FederationEvent.RegistrationRefused e) {
            return new FederationState(agents, keys, plus(refusedKeys, e.agent() + " " + e.publicKey()), jobs);
        } else if (event instanceof FederationEvent.JobNamed e) {
            return new FederationState(agents, keys, refusedKeys, plus(jobs, e.job()));
        }
        throw new IllegalStateException("unhandled " + event);
    }

    /** What an agent's registration leads to; nothing if all of it is known. */
    public List<FederationEvent> register(AgentProfile profile, String publicKey) {
        String pinned = keys.get(profile.id());
        if (pinned != null && !pinned.equals(publicKey)) {
            boolean told = refusedKeys.contains(profile.id() + " " + publicKey);
            return told ? List.of() : List.of(new FederationEvent.RegistrationRefused(profile.id(), publicKey));
        }
        List<FederationEvent> events = new ArrayList<>();
        if (pinned == null) {
            events.add(new FederationEvent.KeyPinned(profile.id(), publicKey));
        }
        if (!profile.equals(agents.get(profile.id()))) {
            events.add(new FederationEvent.AgentRegistered(profile));
        }
        return events;
    }

    /** What the registration of an agent leads to whose key is certified; it may come with another one than before. */
    public List<FederationEvent> admit(AgentProfile profile, String publicKey) {
        List<FederationEvent> events = new ArrayList<>();
        if (!publicKey.equals(keys.get(profile.id()))) {
            events.add(new FederationEvent.KeyPinned(profile.id(), publicKey));
        }
        if (!profile.equals(agents.get(profile.id()))) {
            events.add(new FederationEvent.AgentRegistered(profile));
        }
        return events;
    }

    /** Whether {@code publicKey} is the key this agent first came with, or it is new. */
    public boolean trusts(AgentId agent, String publicKey) {
        String pinned = keys.get(agent);
        return pinned == null || pinned.equals(publicKey);
    }

    private static <T> List<T> plus(List<T> list, T item) {
        List<T> next = new ArrayList<>(list);
        next.add(item);
        return next;
    }
}
