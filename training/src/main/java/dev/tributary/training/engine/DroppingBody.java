package dev.tributary.training.engine;

import dev.tributary.training.lora.AdapterTensors;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.optim.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A body whose every layer begins its own stream of dropout, so that computing a layer again drops the same values. */
final class DroppingBody implements Transformer {

    private final Transformer body;
    private final List<Layer> layers = new ArrayList<>();

    DroppingBody(Transformer body, AdapterTensors adapter, SeededRandom dropout) {
        this.body = body;
        for (int i = 0; i < body.layers().size(); i++) {
            Layer layer = body.layers().get(i);
            long seed = dropout.split(i).nextLong();
            layers.add((x, batch) -> {
                adapter.dropOut(seed);
                return layer.forward(x, batch);
            });
        }
    }

    @Override
    public Tensor embed(Batch batch) {
        return body.embed(batch);
    }

    @Override
    public List<? extends Layer> layers() {
        return layers;
    }

    @Override
    public Tensor finish(Tensor x) {
        return body.finish(x);
    }

    @Override
    public int hiddenSize() {
        return body.hiddenSize();
    }

    @Override
    public int maxPositions() {
        return body.maxPositions();
    }

    @Override
    public int vocabulary() {
        return body.vocabulary();
    }
}
