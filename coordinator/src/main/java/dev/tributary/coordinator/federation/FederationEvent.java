package dev.tributary.coordinator.federation;

import dev.tributary.coordinator.log.Event;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.JobId;
import java.util.Map;

/** What happens to the federation as a whole; stream {@code _federation}. */
public sealed interface FederationEvent extends Event {

    String STREAM = "_federation";

    Map<String, Class<? extends Event>> TYPES = Map.of(
            "agent-registered", AgentRegistered.class,
            "key-pinned", KeyPinned.class,
            "registration-refused", RegistrationRefused.class,
            "job-named", JobNamed.class);

    /** An agent came for the first time or with a changed profile. */
    record AgentRegistered(AgentProfile profile) implements FederationEvent {}

    /** The first key an agent shows is its key from then on, unless it is enrolled anew with another. */
    record KeyPinned(AgentId agent, String publicKey) implements FederationEvent {}

    /** Somebody came under an agent's name with another key. */
    record RegistrationRefused(AgentId agent, String publicKey) implements FederationEvent {}

    /** A job got its id; its own stream begins in the same transaction. */
    record JobNamed(JobId job, String name) implements FederationEvent {}
}
