package dev.tributary.training.parity;

import dev.tributary.training.TrainingException;
import dev.tributary.training.model.Adapters;
import dev.tributary.training.model.Batch;
import dev.tributary.training.model.FrozenTensors;
import dev.tributary.training.model.Head;
import dev.tributary.training.model.Linear;
import dev.tributary.training.model.ModelConfig;
import dev.tributary.training.model.Transformer;
import dev.tributary.training.model.Weights;
import dev.tributary.training.model.family.Families;
import dev.tributary.training.model.family.Family;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A fixture's model, run on the fixture's batch. */
record RecordedModel(Transformer body, Head head, Weights weights, Fixture.Examples examples) {

    static RecordedModel of(Fixture fixture, FrozenTensors tensors, Adapters adapter, Fixture.Examples examples) {
        ModelConfig config = ModelConfig.read(fixture.modelDirectory());
        Family family = Families.of(config);
        Weights weights = new Weights(tensors, adapter);
        Transformer body = family.body().create(config, weights);
        Head head;
        if (examples.isClassification()) {
            int labels = fixture.base().layout().get("logits").shape().get(1);
            head = family.classifier().create(body, config, weights, labels);
        } else {
            Family.LanguageHead languageHead = family.languageHead();
            if (languageHead == null) {
                throw new TrainingException("fixture " + fixture.model() + " has labels per token, but "
                        + family.modelType() + " is an encoder");
            }
            head = languageHead.create(body, config, weights);
        }
        weights.refuseExtras(family.otherTensors());
        return new RecordedModel(body, head, weights, examples);
    }

    Batch batch() {
        return Batch.of(weights.device(), examples.ids(), examples.types());
    }

    /** As Hugging Face counts them: the embeddings, then every layer; for decoders the last one after the final norm. */
    List<Tensor> hiddenStates(Batch batch) {
        List<Tensor> states = new ArrayList<>();
        Tensor x = body.embed(batch);
        states.add(x);
        for (Transformer.Layer layer : body.layers()) {
            x = layer.forward(x, batch);
            states.add(x);
        }
        states.set(states.size() - 1, body.finish(x));
        return states;
    }

    Tensor logits(Batch batch) {
        return head.logits(body.forward(batch), batch);
    }

    Linear linear(String module) {
        Linear linear = weights.linears().get(module);
        if (linear == null) {
            throw new TrainingException("the model has no linear module " + module);
        }
        return linear;
    }

    /** Cross-entropy as Hugging Face computes it: labels per sequence, or next tokens with −100 left out. */
    Tensor loss(Tensor logits) {
        if (examples.isClassification()) {
            return torch.cross_entropy_loss(logits, weights.device().longs(examples.labels()));
        }
        List<Long> rows = new ArrayList<>();
        List<Long> next = new ArrayList<>();
        long row = 0;
        for (int s = 0; s < examples.ids().size(); s++) {
            int length = examples.ids().get(s).length;
            for (int i = 0; i < length; i++, row++) {
                long label = i + 1 < length ? examples.labels()[s * examples.width() + i + 1] : -100;
                if (label != -100) {
                    rows.add(row);
                    next.add(label);
                }
            }
        }
        Tensor predicted = logits.index_select(0, longs(rows));
        return torch.cross_entropy_loss(predicted, longs(next));
    }

    private Tensor longs(List<Long> values) {
        return weights.device().longs(values.stream().mapToLong(Long::longValue).toArray());
    }
}
