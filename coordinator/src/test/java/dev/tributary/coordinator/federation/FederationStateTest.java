package dev.tributary.coordinator.federation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.log.EventCodec;
import dev.tributary.coordinator.round.ScriptedAgent;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import java.util.List;
import org.junit.jupiter.api.Test;

class FederationStateTest {

    private static final AgentId SITE = Jobs.SITES.get(0);
    private static final AgentProfile PROFILE = ScriptedAgent.profile(SITE);

    private static FederationState after(FederationState state, List<FederationEvent> events) {
        FederationState next = state;
        for (FederationEvent event : events) {
            next = next.apply(event);
        }
        return next;
    }

    private final FederationState registered =
            after(FederationState.EMPTY, FederationState.EMPTY.register(PROFILE, "key-1"));

    @Test
    void theFirstKeyIsPinned() {
        assertThat(registered.agents()).containsEntry(SITE, PROFILE);
        assertThat(registered.trusts(SITE, "key-1")).isTrue();
        assertThat(registered.trusts(SITE, "key-2")).isFalse();
    }

    @Test
    void registeringAgainUnchangedIsNoEvent() {
        assertThat(registered.register(PROFILE, "key-1")).isEmpty();
    }

    @Test
    void anotherKeyIsRefusedAndRecordedOnce() {
        List<FederationEvent> events = registered.register(PROFILE, "key-2");

        assertThat(events).containsExactly(new FederationEvent.RegistrationRefused(SITE, "key-2"));
        FederationState next = after(registered, events);
        assertThat(next.register(PROFILE, "key-2")).isEmpty();
        assertThat(next.trusts(SITE, "key-1")).isTrue();
    }

    @Test
    void aChangedProfileIsANewRegistration() {
        AgentProfile more = new AgentProfile(SITE, "test", "cuda", 1, 8, 5.5, PROFILE.models(), PROFILE.datasets());

        assertThat(registered.register(more, "key-1")).containsExactly(new FederationEvent.AgentRegistered(more));
    }

    @Test
    void eventsSurviveTheLog() {
        EventCodec codec = new EventCodec(FederationEvent.TYPES);
        List<FederationEvent> events = List.of(
                new FederationEvent.AgentRegistered(PROFILE),
                new FederationEvent.KeyPinned(SITE, "key"),
                new FederationEvent.RegistrationRefused(SITE, "other"),
                new FederationEvent.JobNamed(Jobs.ID, "tone"));

        for (FederationEvent event : events) {
            assertThat(codec.decode(codec.type(event), codec.encode(event), "test"))
                    .isEqualTo(event);
        }
        assertThat(events).hasSize(FederationEvent.TYPES.size());
    }
}
