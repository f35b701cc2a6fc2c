package dev.tributary.coordinator.security;

import dev.tributary.coordinator.log.Event;
import java.util.Map;

/** Who was given access, lost it, or tried in vain; stream {@code _access}. */
public sealed interface AccessEvent extends Event {

    String STREAM = "_access";

    Map<String, Class<? extends Event>> TYPES = Map.of(
            "enrolment-token-issued", EnrolmentTokenIssued.class,
            "agent-enrolled", AgentEnrolled.class,
            "agent-revoked", AgentRevoked.class,
            "account-created", AccountCreated.class,
            "account-deleted", AccountDeleted.class,
            "account-locked", AccountLocked.class,
            "token-issued", TokenIssued.class,
            "token-revoked", TokenRevoked.class);

    /** @param by account or token that did it, {@code set-up link} for the first one */
    record AccountCreated(String name, Role role, String by) implements AccessEvent {}

    record AccountDeleted(String name, String by) implements AccessEvent {}

    /** Too many wrong passwords. */
    record AccountLocked(String name, String address) implements AccessEvent {}

    record TokenIssued(String id, String label, Role role, String by) implements AccessEvent {}

    record TokenRevoked(String id, String by) implements AccessEvent {}

    /** @param id of the token, which says nothing of its secret */
    record EnrolmentTokenIssued(String id, String agent, String by) implements AccessEvent {}

    /**
     * @param signingKey hex
     * @param serial of the certificate
     * @param token id of the token that was used up
     */
    record AgentEnrolled(String agent, String signingKey, String serial, String token) implements AccessEvent {}

    record AgentRevoked(String agent, String by) implements AccessEvent {}
}
