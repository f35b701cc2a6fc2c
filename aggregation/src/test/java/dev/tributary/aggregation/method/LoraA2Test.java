package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.plan.Plan;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoraA2Test extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new LoraA2();
    }

    @Test
    void theBudgetIsAShareOfAllRanksOfAllModules() {
        Federation federation = new Federation(method(), adapter(3), Map.of("kept-share", "0.25"), directory);
        GlobalState state = federation.initial();
        assertThat(operation(federation, state).parameters())
                .containsEntry("budget", "3")
                .containsEntry("factor", "b");
        state = federation.after(state, federation.updates(state, 2, 1));
        assertThat(operation(federation, state).parameters()).containsEntry("factor", "a");
    }

    private static Plan.Operation operation(Federation federation, GlobalState state) {
        return federation
                .plans(state, 1)
                .values()
                .iterator()
                .next()
                .operations()
                .get(0);
    }
}
