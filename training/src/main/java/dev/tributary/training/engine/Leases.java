package dev.tributary.training.engine;

import dev.tributary.training.Workload;
import dev.tributary.training.model.FrozenTensors;
import java.util.ArrayList;
import java.util.List;

/** The weights of one base on every device of a piece of work, lent all together. */
record Leases(List<BaseModel.Lease> all) implements AutoCloseable {

    static Leases of(List<BaseModel> bases, Workload work) {
        Leases leases = new Leases(new ArrayList<>());
        try {
            for (BaseModel base : bases) {
                leases.all.add(base.folded(work.foldKey(), work.folds(), work.baseDtype()));
            }
            return leases;
        } catch (RuntimeException | Error e) {
            leases.close();
            throw e;
        }
    }

    FrozenTensors tensors(int device) {
        return all.get(device).tensors();
    }

    @Override
    public void close() {
        all.forEach(BaseModel.Lease::close);
    }
}
