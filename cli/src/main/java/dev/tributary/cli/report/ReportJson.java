package dev.tributary.cli.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code report.json}: figures that are not defined are null, never {@code NaN}. */
public final class ReportJson {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ReportJson() {}

    public static String write(Report report) {
        return MAPPER.writeValueAsString(tree(report)) + "\n";
    }

    static Map<String, @Nullable Object> tree(Report report) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("job", report.job());
        tree.put("name", report.name());
        tree.put("state", report.state());
        tree.put("method", report.method());
        tree.put("baseModel", report.baseModel());
        tree.put("task", report.task());
        tree.put("rank", report.rank());
        tree.put("alpha", report.alpha());
        tree.put("seed", report.seed());
        tree.put("adapterSha256", report.adapterSha256().isEmpty() ? null : report.adapterSha256());
        tree.put("rounds", report.rounds().stream().map(ReportJson::tree).toList());
        return tree;
    }

    private static Map<String, @Nullable Object> tree(Report.Round round) {
        Map<String, @Nullable Object> agents = new LinkedHashMap<>();
        round.agents().forEach((agent, figures) -> agents.put(agent, figures(figures)));
        Map<String, @Nullable Object> metrics = new LinkedHashMap<>();
        metrics.put("mean", figures(round.mean()));
        metrics.put("agents", agents);
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("round", round.round());
        tree.put("accepted", round.accepted());
        tree.put("rejected", round.rejected().stream().map(ReportJson::tree).toList());
        tree.put("late", round.late());
        tree.put("metrics", metrics);
        tree.put("bytesUp", round.bytesUp());
        tree.put("bytesDown", round.bytesDown());
        tree.put("traffic", round.traffic());
        tree.put("aggregationError", finite(round.aggregationError()));
        tree.put("aggregation", figures(round.aggregation()));
        tree.put("epsilon", finite(round.epsilon()));
        tree.put("seconds", figures(round.seconds()));
        return tree;
    }

    private static Map<String, String> tree(Report.Rejection rejection) {
        Map<String, String> tree = new LinkedHashMap<>();
        tree.put("agent", rejection.agent());
        tree.put("reason", rejection.reason());
        return tree;
    }

    private static Map<String, @Nullable Object> figures(Map<String, Double> figures) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        for (Map.Entry<String, Double> figure : List.copyOf(figures.entrySet())) {
            tree.put(figure.getKey(), finite(figure.getValue()));
        }
        return tree;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? Double.valueOf(value) : null;
    }
}
