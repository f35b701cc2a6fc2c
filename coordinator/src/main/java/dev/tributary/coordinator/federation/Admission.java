package dev.tributary.coordinator.federation;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.Message;
import java.util.Optional;

/** Who belongs to the federation, as far as that is not left to first use. Safe for use by many threads. */
public interface Admission {

    /** Everybody who comes first under a name, with whatever key. */
    Admission FIRST_USE = new Admission() {
        @Override
        public boolean admits(AgentId agent) {
            return true;
        }

        @Override
        public Optional<String> key(AgentId agent) {
            return Optional.empty();
        }

        @Override
        public Optional<Message> renew(AgentId agent, Message.CertificateRequest request) {
            return Optional.empty();
        }
    };

    /** Whether the agent may take part: it is enrolled, or need not be; false once it was revoked. */
    boolean admits(AgentId agent);

    /** The key by which the agent has to sign now, in hex; empty if none is known, or it was revoked. */
    Optional<String> key(AgentId agent);

    /** The answer to an enrolled agent that asks for a new certificate. */
    Optional<Message> renew(AgentId agent, Message.CertificateRequest request);
}
