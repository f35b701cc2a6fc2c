package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.testing.Federation;
import org.junit.jupiter.api.Test;

class RoLoraTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new RoLora();
    }

    @Test
    void roundsAlternateBeginningWithB() {
        Federation federation = federation(3);
        GlobalState state = federation.initial();
        for (int round = 0; round < 4; round++) {
            String trained = round % 2 == 0 ? "factor-b" : "factor-a";
            String fixed = round % 2 == 0 ? "factor-a" : "factor-b";
            GlobalState next = federation.after(state, federation.updates(state, 2, round));
            assertThat(next.ref().parts().get(fixed))
                    .isEqualTo(state.ref().parts().get(fixed));
            assertThat(next.ref().parts().get(trained))
                    .isNotEqualTo(state.ref().parts().get(trained));
            state = next;
        }
    }
}
