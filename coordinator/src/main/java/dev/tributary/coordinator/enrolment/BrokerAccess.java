package dev.tributary.coordinator.enrolment;

import dev.tributary.plan.AgentId;
import dev.tributary.protocol.kafka.AgentAccess;
import java.util.Collection;
import java.util.function.Consumer;

/** Agents' rights on the broker; {@link dev.tributary.protocol.TransportException} if it cannot be asked now. */
interface BrokerAccess {

    /** For a broker that gives everybody every right, or whose rights are somebody else's business. */
    BrokerAccess NONE = new BrokerAccess() {
        @Override
        public void admit(Collection<AgentId> agents) {}

        @Override
        public void shut(AgentId agent) {}
    };

    void admit(Collection<AgentId> agents);

    void shut(AgentId agent);

    /** @param admitted told whose topics are there, with their rights */
    static BrokerAccess of(AgentAccess access, Consumer<Collection<AgentId>> admitted) {
        return new BrokerAccess() {
            @Override
            public void admit(Collection<AgentId> agents) {
                access.admit(agents);
                admitted.accept(agents);
            }

            @Override
            public void shut(AgentId agent) {
                access.shut(agent);
            }
        };
    }
}
