package dev.tributary.coordinator.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.job.Jobs;
import dev.tributary.coordinator.round.ScriptedAgent;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.plan.AgentId;
import dev.tributary.protocol.memory.InMemoryNetwork;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole application over real HTTP, with agents by script. */
class RestTest {

    private static final String JOB = """
            name: support-tone
            base-model: minilm
            task: {type: sequence-classification, labels: [negative, positive], dataset: reviews, max-length: 64}
            adapter: {type: lora, rank: 4, alpha: 8, target-modules: [query, value]}
            training: {epochs: 1, batch-size: 16, learning-rate: 1e-3}
            aggregation: {method: fedex}
            rounds: 2
            cohort: {quorum: 2, deadline: 2m}
            seed: 7
            """;

    @TempDir
    static Path directory;

    static Coordinator coordinator;
    static final List<ScriptedAgent> AGENTS = new ArrayList<>();
    static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws Exception {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("wire"));
        coordinator = Coordinator.start(CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation(ScriptedAgent.FEDERATION)
                .httpPort(0)
                .transport(network::coordinator));
        for (AgentId site : Jobs.SITES) {
            boolean silent = site.value().equals("yelp");
            AGENTS.add(new ScriptedAgent(
                    network,
                    site,
                    directory.resolve(site.value()),
                    plan -> silent && plan.model().task().maxLength() == 99
                            ? ScriptedAgent.Act.IGNORE
                            : ScriptedAgent.Act.ANSWER));
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (get("/api/v1/agents").body().split("\"live\":true", -1).length != 4) {
            assertThat(System.nanoTime()).as("agents register").isLessThan(deadline);
        }
    }

    @AfterAll
    static void stop() {
        AGENTS.forEach(ScriptedAgent::close);
        long begin = System.nanoTime();
        coordinator.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        return HTTP.send(
                request.header("Content-Type", "application/yaml").build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(coordinator.address().resolve(path));
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static String submit(String document) throws Exception {
        HttpResponse<String> answer = post("/api/v1/jobs", document);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer.body()).get("id").asString();
    }

    private static JobView run(String document) throws Exception {
        return coordinator.views().await(submit(document), Duration.ofSeconds(60));
    }

    @Test
    void agentsAndBytesOfARoundAreThoseOfAgentsWithTheDataset() throws Exception {
        JsonNode all = json(post("/api/v1/jobs/check", JOB).body());
        JsonNode none = json(post("/api/v1/jobs/check", JOB.replace("dataset: reviews", "dataset: letters"))
                .body());

        assertThat(all.get("cohort").asInt()).isEqualTo(3);
        assertThat(all.at("/traffic/round/up").asLong())
                .isEqualTo(3 * all.at("/traffic/later/up").asLong());
        assertThat(all.get("methods").values().stream()
                        .filter(method -> method.get("name").asString().equals("fed-sb"))
                        .mapToLong(method -> method.at("/traffic/later/up").asLong()))
                .as("cores alone are less than factors")
                .allMatch(up -> up > 0 && up < all.at("/traffic/later/up").asLong());
        assertThat(none.get("cohort").asInt()).isZero();
        assertThat(none.get("traffic").isNull()).isTrue();
    }

    @Test
    void aJobIsSubmittedRunAndReported() throws Exception {
        HttpResponse<String> answer = post("/api/v1/jobs", JOB);
        String id = json(answer.body()).get("id").asString();

        assertThat(answer.headers().firstValue("Location")).hasValue("/api/v1/jobs/" + id);
        assertThat(id).startsWith("support-tone-");
        JobView end = coordinator.views().await(id, Duration.ofSeconds(60));
        assertThat(end.status()).as(end.reason()).isEqualTo("completed");
        JsonNode rounds = json(get("/api/v1/jobs/" + id + "/rounds").body());
        assertThat(rounds).hasSize(2);
        JsonNode second = rounds.get(1);
        assertThat(second.get("accepted")).hasSize(3);
        assertThat(second.at("/metrics/mean/accuracy").asDouble()).isBetween(0.5, 0.6);
        assertThat(second.at("/metrics/agents/imdb/loss").isNumber()).isTrue();
        assertThat(second.get("aggregationError").asDouble()).isLessThan(1e-5);
        assertThat(second.get("bytesUp").asLong()).isGreaterThan(1000);
        JsonNode told = json(post("/api/v1/jobs/check", JOB).body());
        assertThat(second.at("/traffic/imdb/up").asLong()
                        - told.at("/traffic/later/up").asLong())
                .as("what a message adds to the file that was forecast")
                .isBetween(1L, 3000L);
        assertThat(second.get("traffic").values().stream()
                        .mapToLong(agent -> agent.get("down").asLong())
                        .sum())
                .as("fetches of all agents, for training and for evaluation")
                .isEqualTo(second.get("bytesDown").asLong())
                .isPositive();
        assertThat(second.at("/aggregation/droppedNorm").asDouble()).isLessThan(1e-5);
        assertThat(second.at("/aggregation/residualRank").asInt()).isPositive();
        assertThat(second.at("/aggregation/denseBytesUp").asDouble()).isPositive();
        assertThat(second.at("/seconds/total").asDouble()).isGreaterThan(0);
        assertThat(json(get("/api/v1/jobs").body()).findValuesAsString("id")).contains(id);
    }

    @Test
    void aJobMayBeJson() throws Exception {
        JobView end = run("""
                {"name": "as-json", "base-model": "minilm", "rounds": 1, "seed": 3,
                 "task": {"type": "sequence-classification", "labels": ["n", "p"], "dataset": "reviews"},
                 "adapter": {"type": "lora", "rank": 2, "alpha": 4, "target-modules": ["query"]},
                 "training": {"epochs": 1, "batch-size": 8, "learning-rate": 0.001},
                 "aggregation": {"method": "ffa"}, "cohort": {"quorum": 3}}
                """);

        assertThat(end.status()).as(end.reason()).isEqualTo("completed");
    }

    @Test
    void everyProblemOfABadJobIsToldAtOnceAndNothingStarts() throws Exception {
        int before = json(get("/api/v1/jobs").body()).size();
        HttpResponse<String> answer = post(
                "/api/v1/jobs",
                JOB.replace("method: fedex", "method: fedxe")
                        .replace("quorum: 2", "quorum: 9")
                        .replace("rank: 4", "rank: 0")
                        .replace("dataset: reviews", "dataset: tweets"));

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problems = json(answer.body()).get("problems");
        assertThat(problems.findValuesAsString("field")).contains("aggregation.method", "task.dataset", "adapter.rank");
        for (JsonNode problem : problems) {
            assertThat(problem.get("line").asInt()).isPositive();
            assertThat(problem.get("fix").asString()).isNotBlank();
        }
        assertThat(json(get("/api/v1/jobs").body())).hasSize(before);
    }

    @Test
    void brokenYamlIsAProblemWithItsLine() throws Exception {
        HttpResponse<String> answer = post("/api/v1/jobs", "name: [unclosed\nrounds: 2\n");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer.body()).at("/problems/0/line").asInt()).isPositive();
    }

    @Test
    void anEmptyBodyIsAProblem() throws Exception {
        assertThat(post("/api/v1/jobs", "").statusCode()).isBetween(400, 422);
    }

    @Test
    void anUnknownJobIsNotFound() throws Exception {
        for (String path : List.of("", "/rounds", "/events", "/adapter", "/progress")) {
            HttpResponse<String> answer = get("/api/v1/jobs/nothing-here" + path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(json(answer.body()).get("detail").asString()).as(path).contains("nothing-here");
        }
        assertThat(post("/api/v1/jobs/nothing-here/cancel", "").statusCode()).isEqualTo(404);
        assertThat(get("/jobs/nothing-here").statusCode()).isEqualTo(404);
    }

    @Test
    void theAdapterIsAnArchiveThatPeftReads() throws Exception {
        JobView job = run(JOB);
        HttpResponse<byte[]> answer = HTTP.send(
                request("/api/v1/jobs/" + job.id() + "/adapter").build(), HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(200);
        Set<String> names = new TreeSet<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(answer.body()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                Files.write(directory.resolve(entry.getName()), zip.readAllBytes());
            }
        }
        assertThat(names).contains("adapter_config.json", "adapter_model.safetensors", "head.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("adapter_model.safetensors"))) {
            assertThat(file.layout().names()).allMatch(name -> name.startsWith("base_model.model."));
        }
    }

    @Test
    void aJobThatHasPublishedNothingHasNoAdapterYet() throws Exception {
        String id = submit(JOB.replace("max-length: 64", "max-length: 99").replace("quorum: 2", "quorum: 3"));
        HttpResponse<String> answer = get("/api/v1/jobs/" + id + "/adapter");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(json(answer.body()).get("detail").asString()).contains("no published adapter");
        HttpResponse<String> cancelled = post("/api/v1/jobs/" + id + "/cancel", "");
        assertThat(json(cancelled.body()).get("status").asString()).isEqualTo("cancelled");
    }

    @Test
    void aJobIsPausedResumedCancelledAndRetried() throws Exception {
        String id = submit(JOB.replace("max-length: 64", "max-length: 98").replace("quorum: 2", "quorum: 3"));

        assertThat(order(id, "pause")).isEqualTo("paused");
        assertThat(post("/api/v1/jobs/" + id + "/retry", "").statusCode()).isEqualTo(409);
        assertThat(order(id, "resume")).isEqualTo("running");
        assertThat(order(id, "cancel")).isEqualTo("cancelled");
        HttpResponse<String> refused = post("/api/v1/jobs/" + id + "/pause", "");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused.body()).get("detail").asString())
                .contains("is cancelled")
                .contains("only a running job can be paused");
        assertThat(order(id, "retry")).isEqualTo("running");
        assertThat(order(id, "cancel")).isEqualTo("cancelled");
    }

    private static String order(String id, String action) throws Exception {
        return json(post("/api/v1/jobs/" + id + "/" + action, "").body())
                .get("status")
                .asString();
    }

    @Test
    void eventsComeFromTheLogAndGoOnAfterTheLastOneSeen() throws Exception {
        JobView job = run(JOB);
        List<String> all = events(job.id(), "0");

        assertThat(all.get(0)).isEqualTo("1 job-submitted");
        assertThat(all).last().asString().endsWith("job-completed");
        assertThat(all).contains("2 state-published", "3 round-opened");
        assertThat(events(job.id(), "3")).isEqualTo(all.subList(3, all.size()));
    }

    /** Reads until the job's last event. */
    private static List<String> events(String job, String after) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = HTTP.send(
                request("/api/v1/jobs/" + job + "/events")
                        .header("Last-Event-ID", after)
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        List<String> events = new ArrayList<>();
        String type = "";
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    type = line.substring(6).strip();
                } else if (line.startsWith("id:")) {
                    events.add(line.substring(3).strip() + " " + type);
                } else if (line.isEmpty() && type.equals("job-completed")) {
                    return events;
                }
            }
        }
        return events;
    }

    @Test
    void thePageShowsJobsAgentsAndRounds() throws Exception {
        JobView job = run(JOB);
        String overview = get("/").body();
        String page = get("/jobs/" + job.id()).body();

        assertThat(overview).contains(job.id(), "amazon", "online");
        assertThat(page).contains("support-tone", "data-chart=", "published", "Download adapter", "amazon");
        assertThat(page).as("nothing from elsewhere").doesNotContainPattern("(src|href)=\"https?:");
        assertThat(get("/assets/tributary.css").statusCode()).isEqualTo(200);
        assertThat(get("/assets/charts.js").statusCode()).isEqualTo(200);
        assertThat(get("/jobs/" + job.id() + "/live").body())
                .contains("id=\"live\"")
                .doesNotContain("<html");
    }

    @Test
    void everyPageAnswers() throws Exception {
        JobView job = run(JOB);
        for (String path : List.of(
                "/compare?job=" + job.id(),
                "/new?from=" + job.id(),
                "/agents",
                "/adapters",
                "/privacy",
                "/jobs/" + job.id() + "/privacy",
                "/audit?stream=" + job.id())) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(get("/audit?stream=nobody").statusCode()).isEqualTo(404);
        assertThat(get("/jobs/nobody/privacy").statusCode()).isEqualTo(404);
        assertThat(get("/jobs/" + job.id() + "/privacy").body())
                .contains("no privacy claim", "other sites", "every site&#39;s update, loss, figures");
    }

    @Test
    void aJobSentTwiceUnderOneKeyIsStartedOnce() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(coordinator.address().resolve("/api/v1/jobs"))
                .header("Idempotency-Key", "once")
                .POST(HttpRequest.BodyPublishers.ofString(JOB))
                .build();
        HttpResponse<String> first = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        HttpResponse<String> second = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        HttpRequest other = HttpRequest.newBuilder(coordinator.address().resolve("/api/v1/jobs"))
                .header("Idempotency-Key", "once")
                .POST(HttpRequest.BodyPublishers.ofString(JOB.replace("seed: 7", "seed: 8") + "\n"))
                .build();

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(json(second.body()).get("id")).isEqualTo(json(first.body()).get("id"));
        assertThat(HttpClient.newHttpClient()
                        .send(other, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void whatDidNotChangeIsNotSentAgain() throws Exception {
        JobView job = run(JOB);
        HttpResponse<String> first = get("/api/v1/jobs/" + job.id() + "/rounds");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(coordinator.address().resolve("/api/v1/jobs/" + job.id() + "/rounds"))
                                .header("If-None-Match", tag)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @Test
    void longListsComeInPages() throws Exception {
        run(JOB);
        run(JOB);
        HttpResponse<String> page = get("/api/v1/jobs?limit=1");

        assertThat(json(page.body()).size()).isEqualTo(1);
        assertThat(page.headers().firstValue("Link").orElseThrow())
                .contains("offset=1")
                .contains("rel=\"next\"");
        assertThat(json(get("/api/v1/jobs?limit=1&offset=1").body()).get(0).get("id"))
                .isNotEqualTo(json(page.body()).get(0).get("id"));
        assertThat(get("/api/v1/jobs?limit=0").statusCode()).isEqualTo(400);
    }

    @Test
    void theInterfaceDescribesItself() throws Exception {
        JsonNode document = json(get("/v3/api-docs").body());

        assertThat(document.get("paths").propertyNames())
                .contains(
                        "/api/v1/jobs",
                        "/api/v1/jobs/{id}",
                        "/api/v1/jobs/{id}/rounds",
                        "/api/v1/jobs/{id}/events",
                        "/api/v1/jobs/{id}/adapter",
                        "/api/v1/jobs/{id}/cancel",
                        "/api/v1/agents");
        assertThat(document.get("paths").propertyNames()).allMatch(path -> path.startsWith("/api/"));
    }

    @Test
    void figuresOfRoundsAndAgentsCanBeCollected() throws Exception {
        run(JOB);
        String figures = get("/actuator/prometheus").body();

        assertThat(figures)
                .contains(
                        "tributary_agents{state=\"live\"}",
                        "tributary_jobs{status=\"completed\"}",
                        "tributary_rounds_total{outcome=\"published\"}",
                        "tributary_updates_total{outcome=\"accepted\"",
                        "tributary_wire_bytes_total{direction=\"up\"}",
                        "tributary_phase_seconds_sum{phase=\"aggregate\"}");
    }

    @Test
    void theApplicationIsHealthy() throws Exception {
        assertThat(json(get("/actuator/health").body()).get("status").asString())
                .isEqualTo("UP");
        assertThat(URI.create("/").resolve(coordinator.address()).getHost()).isEqualTo("127.0.0.1");
    }
}
