package dev.tributary.agent.execute;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorName;
import dev.tributary.adapter.TensorRole;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.InvalidJobException;
import dev.tributary.plan.Metrics;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import dev.tributary.privacy.dp.Clipping;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What one site contributes where whole sites are protected by noise that the coordinator adds: the change of everything it
 * sends, as one vector, clipped to the norm of its plan; no loss, and one in place of its number of examples.
 *
 * @param tensors the start plus the clipped change; the rest as trained
 * @param within whether the change was within the norm
 */
record ClientContribution(TensorSource tensors, boolean within) {

    /** Whether a plan asks for this. */
    static boolean wanted(Plan plan) {
        return plan.protection().privacy().unit().equals("client");
    }

    /** @throws RefusedException if the terms are not those of a trusted coordinator */
    static ClientContribution of(Plan.Train plan, TensorSource start, TensorSource trained) {
        double clip = terms(plan.protection()).clip().norm();
        Set<TensorRole> sent = plan.tensors().stream()
                .filter(term -> term.send() != TensorTerms.Send.NOTHING)
                .map(TensorTerms::role)
                .collect(Collectors.toSet());
        List<TensorInfo> moved = trained.layout().tensors().values().stream()
                .filter(info -> sent.contains(TensorName.parse(info.name()).role()))
                .toList();
        double squares = 0;
        for (TensorInfo info : moved) {
            double norm = Clipping.norm(change(start, trained, info));
            squares += norm * norm;
        }
        double norm = Math.sqrt(squares);
        double factor = Clipping.factor(norm, clip);
        if (factor == 1) {
            return new ClientContribution(trained, true);
        }
        Tensors.Builder clipped = Tensors.builder();
        for (TensorInfo info : moved) {
            float[] values = change(start, trained, info);
            float[] before = start.read(info.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = factor == 0 ? before[i] : (float) (before[i] + factor * values[i]);
            }
            clipped.put(new TensorInfo(info.name(), DType.F32, info.shape()), values);
        }
        return new ClientContribution(new OverlaidTensors(clipped.build(), trained), norm <= clip);
    }

    private static float[] change(TensorSource start, TensorSource trained, TensorInfo info) {
        float[] values = trained.read(info.name());
        UpdateFile.subtract(values, start, info.name(), info);
        return values;
    }

    private static PrivacyTerms terms(Plan.Protection protection) {
        try {
            PrivacyTerms terms = PrivacyTermsReader.read(protection.privacy());
            if (terms.trust() == PrivacyTerms.Trust.CENTRAL) {
                return terms;
            }
        } catch (InvalidJobException e) {
            throw new RefusedException("bad-privacy-terms", String.valueOf(e.getMessage()), e);
        }
        throw new RefusedException(
                "bad-privacy-terms",
                "this agent leaves the noise on whole clients to the coordinator; order trust: central");
    }

    /** The figures of a training that may be told. */
    Metrics told(Metrics training) {
        TreeMap<String, Double> told = new TreeMap<>();
        told.put("steps", training.get("steps"));
        told.put("withinClip", within ? 1.0 : 0.0);
        return new Metrics(1, told);
    }
}
