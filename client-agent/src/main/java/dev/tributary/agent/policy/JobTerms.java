package dev.tributary.agent.policy;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.plan.AgentOperations;
import dev.tributary.plan.Job;
import dev.tributary.plan.Plan;
import dev.tributary.plan.TensorTerms;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a job asks of this site, the same in every round, as a text for a person to read and a hash for that person to
 * approve. It is made from the plan alone: a coordinator cannot describe a job otherwise than it orders it.
 *
 * @param subject job, model, task and adapter: what evaluations too are about
 * @param training what is trained, sent and kept, and how; empty for an evaluation
 */
public record JobTerms(String subject, String training) {

    public static JobTerms of(Plan plan) {
        if (plan instanceof Plan.Train train) {
            return new JobTerms(subject(train.header(), train.model()), training(train));
        }
        Plan.Evaluate evaluate = (Plan.Evaluate) plan;
        return new JobTerms(subject(evaluate.header(), evaluate.model()), "");
    }

    public String text() {
        return subject + training;
    }

    /** SHA-256 of the whole text, in hex: what is approved. */
    public String hash() {
        return sha256(text());
    }

    /** SHA-256 of what evaluations have in common with the trainings of their job. */
    public String subjectHash() {
        return sha256(subject);
    }

    private static String subject(Plan.Header header, Plan.ModelState model) {
        Job.Task task = model.task();
        AdapterConfig adapter = model.adapter();
        return "job: " + header.job()
                + "\nbase model: " + quoted(model.name())
                + "\n  weights sha256: " + quoted(model.weightsSha256())
                + "\n  tokenizer sha256: " + quoted(model.tokenizerSha256())
                + "\ntask: " + quoted(task.type())
                + "\n  dataset: " + quoted(task.dataset())
                + "\n  labels: " + quoted(task.labels())
                + "\n  longest sequence: " + task.maxLength() + " tokens"
                + "\n  pooling: " + quoted(task.pooling())
                + "\nadapter: " + quoted(adapter.type())
                + "\n  rank: " + adapter.rank() + ", alpha: " + adapter.alpha() + ", dropout: " + adapter.dropout()
                + "\n  target modules: " + quoted(adapter.targetModules())
                + "\n  modules trained in full: " + quoted(adapter.modulesToSave())
                + "\n  other ranks: " + quoted(entries(adapter.rankPattern()))
                + "\n  other alphas: " + quoted(entries(adapter.alphaPattern()))
                + "\n";
    }

    private static String training(Plan.Train plan) {
        StringBuilder text = new StringBuilder("tensors:\n");
        for (TensorTerms term : plan.tensors()) {
            text.append("  ")
                    .append(term.role())
                    .append(": from ")
                    .append(term.source())
                    .append(term.trains() ? ", trained" : ", frozen")
                    .append(", sent: ")
                    .append(term.send())
                    .append(term.keep() ? ", kept here" : "")
                    .append('\n');
        }
        text.append("operations:\n");
        for (Plan.Operation operation : plan.operations()) {
            text.append("  ")
                    .append(quoted(operation.name()))
                    .append(' ')
                    .append(quoted(entries(withoutSeed(operation.parameters()))))
                    .append('\n');
        }
        text.append("training: ").append(plan.training()).append('\n');
        text.append("privacy: ")
                .append(quoted(plan.protection().privacy().unit()))
                .append(", ")
                .append(quoted(entries(plan.protection().privacy().terms())))
                .append(", over ")
                .append(plan.protection().rounds())
                .append(" rounds\n");
        text.append("upload: ").append(quoted(plan.uploadDtype())).append('\n');
        return text.toString();
    }

    /** A seed is another in every round, as the plan's own is. */
    private static SortedMap<String, String> withoutSeed(SortedMap<String, String> parameters) {
        TreeMap<String, String> fixed = new TreeMap<>(parameters);
        fixed.remove(AgentOperations.SEED);
        return fixed;
    }

    private static List<String> entries(SortedMap<String, ?> map) {
        return map.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    private static String quoted(List<String> texts) {
        return texts.stream().map(JobTerms::quoted).toList().toString();
    }

    /** So that no text of a coordinator can pretend to be another line. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("'");
        text.codePoints().forEach(c -> {
            if (c == '\'' || c == '\\' || Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                quoted.append("\\u{").append(Integer.toHexString(c)).append('}');
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append('\'').toString();
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
