package dev.tributary.cli.crash;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All events of a job that is over, as REST tells them. */
record JobLog(List<JsonNode> lines) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> LAST = List.of("job-completed", "job-failed", "job-cancelled");

    static JobLog read(URI coordinator, String job) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(coordinator.resolve("/api/v1/jobs/" + job + "/events"))
                .build();
        List<JsonNode> lines = new ArrayList<>();
        try (Stream<String> body = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofLines())
                .body()) {
            Iterator<String> each = body.iterator();
            while (lines.isEmpty() || !LAST.contains(typeOf(lines.get(lines.size() - 1)))) {
                String line = each.next();
                if (line.startsWith("data:")) {
                    JsonNode node = JSON.readTree(line.substring("data:".length()));
                    if (node.has("event")) {
                        lines.add(node);
                    }
                }
            }
        }
        return new JobLog(lines);
    }

    private static String typeOf(JsonNode line) {
        return line.get("type").asString();
    }

    List<JsonNode> events(String type) {
        return lines.stream()
                .filter(line -> typeOf(line).equals(type))
                .map(line -> line.get("event"))
                .toList();
    }

    /** Names and SHA-256 of the parts of every published state, by version. */
    SortedMap<Integer, String> states() {
        TreeMap<Integer, String> states = new TreeMap<>();
        events("state-published")
                .forEach(e ->
                        states.merge(e.get("version").asInt(), e.get("parts").toString(), (a, b) -> a + b));
        return states;
    }

    /** Round and agent of every update that was counted. */
    List<String> counted() {
        return events("update-accepted").stream()
                .map(e -> e.get("update"))
                .map(u -> u.get("round").asInt() + " " + u.get("agent"))
                .toList();
    }
}
