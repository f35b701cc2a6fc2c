package dev.tributary.coordinator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.log.EventCodec;
import dev.tributary.plan.BlobRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RegistryStateTest {

    private static final Instant AT = Instant.parse("2026-03-01T10:00:00Z");

    private static RegistryEvent promoted(String name, String job, int version) {
        return new RegistryEvent.AdapterPromoted(
                name,
                job,
                version,
                "fedex",
                "minilm",
                "ab".repeat(32),
                new TreeMap<>(Map.of("accuracy", 0.9)),
                "cd".repeat(32),
                new BlobRef("ef".repeat(32), 100),
                "ada",
                "better on slang");
    }

    private static RegistryEvent rolledBack(String name, int promotion) {
        return new RegistryEvent.AdapterRolledBack(name, promotion, "ada", "worse on slang");
    }

    private static RegisteredAdapter after(RegistryEvent... events) {
        RegistryState state = RegistryState.EMPTY;
        for (RegistryEvent event : events) {
            state = state.apply(event, AT);
        }
        return Objects.requireNonNull(state.names().get("tone"));
    }

    private static int current(RegisteredAdapter adapter) {
        return adapter.current() == null ? 0 : adapter.current().number();
    }

    @Test
    void theNewestPromotionHoldsAndNamesAreApart() {
        RegisteredAdapter tone =
                after(promoted("tone", "tone-1", 3), promoted("other", "tone-1", 2), promoted("tone", "tone-2", 5));

        assertThat(current(tone)).isEqualTo(2);
        assertThat(tone.promotions()).extracting(Promotion::job).containsExactly("tone-2", "tone-1");
        assertThat(tone.before().orElseThrow().version()).isEqualTo(3);
    }

    @Test
    void rollingBackLeadsToTheOneBeforeAndAtLastToNothing() {
        RegistryEvent first = promoted("tone", "tone-1", 3);
        RegistryEvent second = promoted("tone", "tone-2", 5);

        assertThat(current(after(first, second, rolledBack("tone", 2)))).isEqualTo(1);
        RegisteredAdapter none = after(first, second, rolledBack("tone", 2), rolledBack("tone", 1));
        assertThat(none.current()).isNull();
        assertThat(none.before()).isEmpty();
        assertThat(none.promotions()).hasSize(2).allMatch(p -> p.rolledBack() != null);
    }

    @Test
    void whatWasRolledBackDoesNotComeBackWhenALaterOneIs() {
        RegisteredAdapter tone = after(
                promoted("tone", "tone-1", 3),
                promoted("tone", "tone-2", 5),
                rolledBack("tone", 2),
                promoted("tone", "tone-3", 1),
                rolledBack("tone", 3));

        assertThat(current(tone)).isEqualTo(1);
    }

    @Test
    void eventsSurviveTheLog() {
        EventCodec codec = new EventCodec(RegistryEvent.TYPES);
        List<RegistryEvent> events = List.of(promoted("tone", "tone-1", 3), rolledBack("tone", 1));

        for (RegistryEvent event : events) {
            assertThat(codec.decode(codec.type(event), codec.encode(event), "test"))
                    .isEqualTo(event);
        }
        assertThat(events).hasSize(RegistryEvent.TYPES.size());
    }

    @Test
    void aNameIsMadeOfWhatAJobIsCalled() {
        assertThat(AdapterRegistry.nameFor("Support tone, v2!")).isEqualTo("support-tone-v2");
        assertThat(AdapterRegistry.nameFor("é")).isEqualTo("adapter");
        assertThat(AdapterRegistry.nameFor("x".repeat(63) + "--y")).isEqualTo("x".repeat(63));
    }
}
