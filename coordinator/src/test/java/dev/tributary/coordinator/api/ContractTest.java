package dev.tributary.coordinator.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.round.ScriptedAgent;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.blob.Sha256;
import dev.tributary.protocol.memory.InMemoryNetwork;
import dev.tributary.protocol.trace.Tracing;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What REST answers is what its OpenAPI document says, operation by operation. Jobs are private ones, for whole sites. */
class ContractTest {

    private static final String JOB = """
            name: private-tone
            base-model: minilm
            task: {type: sequence-classification, labels: [negative, positive], dataset: reviews, max-length: 64}
            adapter: {type: lora, rank: 4, alpha: 8, target-modules: [query, value]}
            training: {epochs: 1, batch-size: 16, learning-rate: 1e-3}
            aggregation: {method: fedavg}
            rounds: 2
            cohort: {quorum: 3, deadline: 2m}
            privacy: {unit: client, trust: central, relation: add-remove, sampling: full, clipping: fixed, clip: 0.5,
              weights: uniform, epsilon: 8, delta: 1e-3}
            seed: 7
            """;

    @TempDir
    static Path directory;

    static Coordinator coordinator;
    static final List<ScriptedAgent> AGENTS = new ArrayList<>();
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
    static String job = "";

    /** One request for an operation of the document. */
    private record Call(String path, Optional<String> body, String type, int status) {

        static Call get(String path) {
            return get(path, 200);
        }

        static Call get(String path, int status) {
            return new Call(path, Optional.empty(), "application/yaml", status);
        }

        static Call post(String path, String body, int status) {
            return new Call(path, Optional.of(body), "application/yaml", status);
        }

        static Call json(String path, String body, int status) {
            return new Call(path, Optional.of(body), "application/json", status);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("wire"));
        coordinator = Coordinator.start(CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation(ScriptedAgent.FEDERATION)
                .httpPort(0)
                .tracing(Tracing.into(OpenTelemetrySdk.builder()
                        .setTracerProvider(Tracing.givenIds(
                                        SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(SPANS)))
                                .build())
                        .build()))
                .transport(network::coordinator));
        for (AgentId site : Jobs.SITES) {
            AGENTS.add(new ScriptedAgent(
                    network, site, directory.resolve(site.value()), plan -> ScriptedAgent.Act.ANSWER));
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (send("GET", Call.get("/api/v1/agents")).body().split("\"live\":true", -1).length != 4) {
            assertThat(System.nanoTime()).as("agents register").isLessThan(deadline);
            Thread.onSpinWait();
        }
        job = coordinator.jobs().submit(JOB).id();
        JobView end = coordinator.views().await(job, Duration.ofSeconds(60));
        assertThat(end.status()).as(end.reason()).isEqualTo("completed");
    }

    @AfterAll
    static void stop() {
        AGENTS.forEach(ScriptedAgent::close);
        coordinator.close();
    }

    private static HttpResponse<String> send(String method, Call call) throws Exception {
        HttpRequest.BodyPublisher body =
                call.body().map(HttpRequest.BodyPublishers::ofString).orElse(HttpRequest.BodyPublishers.noBody());
        return HTTP.send(
                HttpRequest.newBuilder(coordinator.address().resolve(call.path()))
                        .header("Content-Type", call.type())
                        .method(method, body)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode document() throws Exception {
        return JsonMapper.shared()
                .readTree(send("GET", Call.get("/v3/api-docs")).body());
    }

    /** By operation. Accounts, tokens and enrolment have tests of their own, and so have events, which never end. */
    private static Map<String, Call> calls() {
        Map<String, Call> calls = new LinkedHashMap<>();
        String one = "/api/v1/jobs/" + job;
        calls.put("GET /api/v1/jobs", Call.get("/api/v1/jobs"));
        calls.put("POST /api/v1/jobs", Call.post("/api/v1/jobs", JOB.replace("seed: 7", "seed: 8"), 201));
        calls.put("GET /api/v1/jobs/{id}", Call.get(one));
        calls.put("GET /api/v1/jobs/{id}/rounds", Call.get(one + "/rounds"));
        calls.put("GET /api/v1/jobs/{id}/privacy", Call.get(one + "/privacy"));
        calls.put("GET /api/v1/jobs/{id}/progress", Call.get(one + "/progress"));
        calls.put("GET /api/v1/jobs/{id}/adapter", Call.get(one + "/adapter"));
        calls.put("POST /api/v1/jobs/{id}/cancel", Call.post(one + "/cancel", "", 200));
        calls.put("POST /api/v1/jobs/{id}/pause", Call.post(one + "/pause", "", 409));
        calls.put("POST /api/v1/jobs/{id}/resume", Call.post(one + "/resume", "", 409));
        calls.put("POST /api/v1/jobs/{id}/retry", Call.post(one + "/retry", "", 409));
        calls.put("GET /api/v1/agents", Call.get("/api/v1/agents"));
        String name = "/api/v1/registry/tone";
        calls.put("GET /api/v1/adapters", Call.get("/api/v1/adapters"));
        calls.put(
                "POST /api/v1/registry/{name}/promotions",
                Call.json(name + "/promotions", "{\"job\": \"" + job + "\"}", 201));
        calls.put("GET /api/v1/registry", Call.get("/api/v1/registry"));
        calls.put("GET /api/v1/registry/{name}", Call.get(name));
        calls.put("GET /api/v1/registry/{name}/adapter", Call.get(name + "/adapter"));
        calls.put("POST /api/v1/registry/{name}/rollback", Call.json(name + "/rollback", "{}", 200));
        calls.put("GET /api/v1/audit/export", Call.get("/api/v1/audit/export"));
        calls.put("GET /api/v1/audit/checkpoints", Call.get("/api/v1/audit/checkpoints"));
        calls.put("GET /api/v1/audit/streams", Call.get("/api/v1/audit/streams"));
        calls.put("GET /api/v1/audit/streams/{stream}", Call.get("/api/v1/audit/streams/" + job));
        calls.put("GET /api/v1/audit/streams/{stream}/events", Call.get("/api/v1/audit/streams/_federation/events"));
        calls.put("POST /api/v1/jobs/check", Call.post("/api/v1/jobs/check", JOB.replace("rank: 4", "rank: 0"), 200));
        return calls;
    }

    @Test
    void everyAnswerIsWhatTheDocumentSays() throws Exception {
        JsonNode document = document();
        TreeSet<String> unchecked = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method -> unchecked.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        for (Map.Entry<String, Call> each : calls().entrySet()) {
            assertThat(unchecked.remove(each.getKey()))
                    .as(each.getKey() + " is documented")
                    .isTrue();
            check(document, each.getKey(), each.getValue());
        }
        assertThat(unchecked)
                .allMatch(operation -> operation.contains("/accounts")
                        || operation.contains("/enrolment")
                        || operation.contains("/tokens")
                        || operation.equals("GET /api/v1/jobs/{id}/events"));
    }

    @Test
    void everyProblemIsWhatTheDocumentSays() throws Exception {
        JsonNode document = document();

        check(document, "GET /api/v1/jobs/{id}", Call.get("/api/v1/jobs/nobody", 404));
        check(document, "GET /api/v1/jobs", Call.get("/api/v1/jobs?limit=0", 400));
        check(
                document,
                "GET /api/v1/audit/streams/{stream}/events",
                Call.get("/api/v1/audit/streams/nobody/events", 404));
        for (String list :
                List.of("agents", "adapters", "registry", "audit/checkpoints", "audit/streams", "accounts", "tokens")) {
            check(document, "GET /api/v1/" + list, Call.get("/api/v1/" + list + "?offset=-1", 400));
        }
        check(document, "POST /api/v1/jobs", Call.post("/api/v1/jobs", JOB.replace("rank: 4", "rank: 0"), 422));
        String promote = "POST /api/v1/registry/{name}/promotions";
        String of = "{\"job\": \"" + job + "\", \"version\": 9}";
        check(document, promote, Call.json("/api/v1/registry/tone/promotions", of, 404));
        check(document, promote, Call.json("/api/v1/registry/Tone/promotions", of, 422));
        check(document, "GET /api/v1/registry/{name}/adapter", Call.get("/api/v1/registry/nobody/adapter", 404));
    }

    @Test
    void everyListComesInPages() throws Exception {
        for (String list : List.of(
                "/api/v1/agents",
                "/api/v1/adapters",
                "/api/v1/jobs/" + job + "/rounds",
                "/api/v1/audit/streams",
                "/api/v1/audit/streams/" + job + "/events")) {
            HttpResponse<String> all = send("GET", Call.get(list));
            HttpResponse<String> page = send("GET", Call.get(list + "?limit=1&offset=1"));
            assertThat(all.headers().firstValue("Link")).as(list).isEmpty();
            JsonNode entries = JsonMapper.shared().readTree(page.body());
            assertThat(entries).as(list).hasSize(1);
            assertThat(still(entries.get(0)))
                    .as(list)
                    .isEqualTo(still(JsonMapper.shared().readTree(all.body()).get(1)));
        }
        assertThat(send("GET", Call.get("/api/v1/agents?limit=2&offset=0"))
                        .headers()
                        .firstValue("Link"))
                .hasValue("</api/v1/agents?limit=2&offset=2>; rel=\"next\"");
    }

    /** Without what changes from call to call. */
    private static JsonNode still(JsonNode entry) {
        if (entry instanceof ObjectNode fields) {
            fields.remove("lastSeen");
        }
        return entry;
    }

    @Test
    void aNameStandsForTheAdapterPromotedLastUntilThatIsRolledBack() throws Exception {
        String name = "/api/v1/registry/support-tone";
        String other =
                coordinator.jobs().submit(JOB.replace("rounds: 2", "rounds: 1")).id();
        coordinator.views().await(other, Duration.ofSeconds(60));
        promote(name, "{\"job\": \"" + other + "\", \"version\": 1}");
        String first = send("GET", Call.get(name + "/adapter"))
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        JsonNode promoted = promote(name, "{\"job\": \"" + job + "\", \"note\": \"better on slang\"}");

        assertThat(promoted.at("/current/version").asInt()).isEqualTo(2);
        assertThat(promoted.at("/current/metrics/accuracy").isNumber()).isTrue();
        assertThat(promoted.at("/current/adapterSha256").asString()).hasSize(64);
        HttpRequest.Builder fetch = HttpRequest.newBuilder(coordinator.address().resolve(name + "/adapter"));
        HttpResponse<byte[]> zip = HTTP.send(fetch.build(), HttpResponse.BodyHandlers.ofByteArray());
        String tag = zip.headers().firstValue("ETag").orElseThrow();
        assertThat(tag)
                .isEqualTo("\"" + Sha256.hex(Sha256.of(zip.body())) + "\"")
                .isNotEqualTo(first);
        HttpRequest again = fetch.header("If-None-Match", tag).build();
        assertThat(HTTP.send(again, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(304);
        String page = send("GET", Call.get("/adapters")).body();
        assertThat(page).contains("support-tone", "#2", "better on slang", "goes back to v1 of " + other);

        Call second = Call.json(name + "/rollback", "{\"promotion\": 2, \"note\": \"worse\"}", 200);
        assertThat(send("POST", second).statusCode()).isEqualTo(200);
        assertThat(send("GET", Call.get(name + "/adapter")).headers().firstValue("ETag"))
                .hasValue(first);
        assertThat(send("POST", second).statusCode())
                .as("two who click at once")
                .isEqualTo(409);
        assertThat(send("POST", Call.json(name + "/rollback", "{}", 200)).statusCode())
                .isEqualTo(200);
        assertThat(send("GET", Call.get(name + "/adapter")).body()).contains("stands for no adapter");
        assertThat(send("GET", Call.get("/adapters")).body()).contains("all that was promoted was rolled back");
        assertThat(send("GET", Call.get("/audit?stream=_registry")).body())
                .contains("adapter-promoted", "adapter-rolled-back", "worse");
    }

    @Test
    void aRequestIsASpanInTheTraceOfItsCaller() throws Exception {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (String flags : List.of("01", "00")) {
            HttpRequest request = HttpRequest.newBuilder(coordinator.address().resolve("/api/v1/jobs/nobody"))
                    .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-" + flags)
                    .build();
            assertThat(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(404);
        }
        send("GET", Call.get("/actuator/health"));
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (SPANS.getFinishedSpanItems().stream()
                .noneMatch(span -> span.getTraceId().equals(trace))) { // recorded after the answer has left
            assertThat(System.nanoTime()).as("the span comes").isLessThan(deadline);
            Thread.onSpinWait();
        }
        List<SpanData> spans = SPANS.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == SpanKind.SERVER)
                .toList();

        assertThat(spans.stream().filter(span -> span.getTraceId().equals(trace)))
                .singleElement()
                .satisfies(span -> {
                    assertThat(span.getName()).isEqualTo("GET /api/v1/jobs/{id}");
                    assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
                    assertThat(span.getAttributes().asMap().toString()).contains("404", "/api/v1/jobs/nobody");
                });
        assertThat(spans).noneMatch(span -> span.getName().contains("actuator"));
        assertThat(spans)
                .filteredOn(span -> span.getName().equals("GET /api/v1/agents"))
                .isNotEmpty()
                .allMatch(span -> !span.getParentSpanContext().isValid());
    }

    private static JsonNode promote(String name, String body) throws Exception {
        HttpResponse<String> answer = send("POST", Call.json(name + "/promotions", body, 201));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static void check(JsonNode document, String operation, Call call) throws Exception {
        String[] words = operation.split(" ");
        HttpResponse<String> answer = send(words[0], call);
        assertThat(answer.statusCode()).as(operation + ": " + answer.body()).isEqualTo(call.status());
        JsonNode response = document.get("paths")
                .get(words[1])
                .get(words[0].toLowerCase(Locale.ROOT))
                .get("responses")
                .path("" + call.status());
        assertThat(response.isObject())
                .as(operation + " documents " + call.status())
                .isTrue();
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
        JsonNode content = response.path("content");
        JsonNode schema = content.has(type)
                ? content.get(type).get("schema")
                : content.path("*/*").path("schema");
        assertThat(schema.isObject())
                .as(operation + " documents " + type + " for " + call.status())
                .isTrue();
        if (type.matches("application/(problem\\+)?json")) {
            assertThat(new SchemaCheck(document).compare(JsonMapper.shared().readTree(answer.body()), schema))
                    .as(operation)
                    .isEmpty();
        }
    }

    @Test
    void theCostOfAPrivateJobIsToldBeforeItStarts() throws Exception {
        JsonNode preview = JsonMapper.shared()
                .readTree(
                        send("POST", Call.post("/api/v1/jobs/check", JOB, 200)).body());

        assertThat(preview.get("problems")).isEmpty();
        assertThat(preview.at("/privacyCost/afterAllRounds").asDouble()).isBetween(7.99, 8.0);
        assertThat(preview.at("/privacyCost/afterOneRound").asDouble()).isBetween(4.0, 6.5);
        assertThat(preview.at("/privacyCost/units").asInt()).isEqualTo(3);
    }

    @Test
    void thePagesOfAPrivateJobSayWhoIsProtectedAgainstWhom() throws Exception {
        String page = send("GET", Call.get("/jobs/" + job + "/privacy")).body();
        String shown = send("GET", Call.get("/jobs/" + job)).body();
        String all = send("GET", Call.get("/privacy")).body();

        assertThat(page)
                .contains("client", "add-remove", "0.001", "the coordinator")
                .doesNotContain("no privacy claim");
        assertThat(shown).contains("ε", "of 8");
        assertThat(all).contains(job, "accounted");
    }
}
