package dev.tributary.plan;

import dev.tributary.adapter.AdapterConfig;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one agent is asked to do: an order about tensors, never about methods. An agent that has the plan's result
 * sealed already sends it again instead of doing the work twice.
 */
public sealed interface Plan permits Plan.Train, Plan.Evaluate {

    Header header();

    Protection protection();

    /**
     * @param planId unique: a repeated delivery carries the same id
     * @param round from 1
     * @param attempt 1, or more for a round that was abandoned and opened again
     * @param deadline after which an answer is late
     */
    record Header(String planId, JobId job, int round, int attempt, Instant deadline) {}

    /**
     * The model that the work happens on.
     *
     * @param name base model by name; {@code weightsSha256} and {@code tokenizerSha256} must equal the agent's own
     * @param adapter this agent's adapter configuration (its own rank where ranks differ)
     * @param state global tensors and fold log; the base is folded up to its base version
     * @param baseDtype of the frozen linear modules, {@code fp32} or {@code bf16}
     */
    record ModelState(
            String name,
            String weightsSha256,
            String tokenizerSha256,
            Job.Task task,
            AdapterConfig adapter,
            StateRef state,
            String baseDtype) {

        /** On a float32 base. */
        public ModelState(
                String name,
                String weightsSha256,
                String tokenizerSha256,
                Job.Task task,
                AdapterConfig adapter,
                StateRef state) {
            this(name, weightsSha256, tokenizerSha256, task, adapter, state, "fp32");
        }
    }

    /**
     * Train locally and send what {@code tensors} says.
     *
     * @param tensors terms per role; a role that is not listed is neither trained nor sent
     * @param operations steps around training, from the closed catalogue of agent operations, in order
     * @param uploadDtype {@code fp32} or {@code bf16}
     * @param seed of batch order, dropout and seeded tensors, different for every agent and round
     */
    record Train(
            Header header,
            ModelState model,
            List<TensorTerms> tensors,
            List<Operation> operations,
            Job.Training training,
            String uploadDtype,
            long seed,
            Protection protection)
            implements Plan {
        public Train {
            tensors = List.copyOf(tensors);
            operations = List.copyOf(operations);
        }

        /** Without differential privacy. */
        public Train(
                Header header,
                ModelState model,
                List<TensorTerms> tensors,
                List<Operation> operations,
                Job.Training training,
                String uploadDtype,
                long seed) {
            this(header, model, tensors, operations, training, uploadDtype, seed, Protection.NONE);
        }
    }

    /** Measure the global model on the agent's held-out data. */
    record Evaluate(Header header, ModelState model, List<TensorTerms> tensors, int batchSize, Protection protection)
            implements Plan {
        public Evaluate {
            tensors = List.copyOf(tensors);
        }

        /** Without differential privacy. */
        public Evaluate(Header header, ModelState model, List<TensorTerms> tensors, int batchSize) {
            this(header, model, tensors, batchSize, Protection.NONE);
        }
    }

    /**
     * What answers must not tell of the agent's data.
     *
     * @param rounds of the whole job: the budget has to last for them
     */
    record Protection(Job.Privacy privacy, int rounds) {
        public static final Protection NONE = new Protection(Job.Privacy.NONE, 0);

        public boolean isOn() {
            return privacy.isOn();
        }
    }

    /** A named agent operation with its parameters. */
    record Operation(String name, SortedMap<String, String> parameters) {
        public Operation {
            parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        }
    }
}
