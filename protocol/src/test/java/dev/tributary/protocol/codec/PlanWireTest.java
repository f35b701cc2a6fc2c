package dev.tributary.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlanWireTest {

    @Test
    void whatMustBeProtectedArrivesWithThePlan() {
        Plan.Train open = Samples.train();
        Plan.Protection protection = new Plan.Protection(
                new Job.Privacy("example", new TreeMap<>(Map.of("clip", "1.0", "delta", "1.0E-4"))), 12);
        Plan.Train plan = new Plan.Train(
                open.header(),
                open.model(),
                open.tensors(),
                open.operations(),
                open.training(),
                open.uploadDtype(),
                open.seed(),
                protection);

        assertThat(PlanWire.read(PlanWire.write(plan))).isEqualTo(plan);
        assertThat(PlanWire.read(PlanWire.write(open)).protection()).isEqualTo(Plan.Protection.NONE);
    }
}
