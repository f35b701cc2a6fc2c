package dev.tributary.aggregation.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.aggregation.FederatedMethod;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.engine.Matrix;
import dev.tributary.aggregation.engine.Products;
import dev.tributary.aggregation.testing.Federation;
import dev.tributary.plan.Problem;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RavanTest extends FederatedMethodContract {

    @Override
    FederatedMethod method() {
        return new Ravan();
    }

    @Override
    Map<String, String> options(int rank) {
        return Map.of("heads", rank % 2 == 0 ? "2" : "1");
    }

    @Test
    void onlyTheHeadsAreSent() {
        Federation federation = federation(4);
        GlobalState state = federation.initial();
        var sent = federation.updates(state, 1, 1).get(0).tensors().layout();
        assertThat(sent.names()).noneMatch(n -> n.contains("lora_A") || n.contains("lora_B"));
        assertThat(sent.get("layer.0.query.lora_H.weight").shape()).containsExactly(4, 2);
    }

    @Test
    void basisIsOrthonormalAcrossHeads() {
        GlobalState state = federation(4).initial();
        Matrix a = Matrix.read(state.tensors(), "layer.0.query.lora_A.weight", 1);
        Matrix gram = Products.transposeSecond(a, a);
        assertThat(gram.values()).containsExactly(Matrix.identity(4).values(), Offset.offset(1e-6));
    }

    @Test
    void headsMustDivideTheRank() {
        Federation federation = new Federation(method(), adapter(4), Map.of("heads", "3"), directory);
        assertThat(method().check(federation.job, federation.model))
                .extracting(Problem::field)
                .containsExactly("aggregation.heads");
    }
}
