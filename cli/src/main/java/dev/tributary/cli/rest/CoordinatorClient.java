package dev.tributary.cli.rest;

import dev.tributary.cli.CliException;
import dev.tributary.coordinator.enrolment.EnrolmentView;
import dev.tributary.coordinator.enrolment.Member;
import dev.tributary.coordinator.registry.RegisteredAdapter;
import dev.tributary.coordinator.view.AgentView;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.PrivacyReport;
import dev.tributary.coordinator.view.ProgressView;
import dev.tributary.coordinator.view.RoundView;
import dev.tributary.privacy.pki.TlsContexts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to a coordinator. Every failure is a {@link CliException} that names the address and what was refused. */
public final class CoordinatorClient {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final URI base;
    private final @Nullable String token;
    private final HttpClient http;

    /** @param base for example {@code http://localhost:8080} */
    public CoordinatorClient(URI base) {
        this(base, null);
    }

    /** @param token API token; null where nobody has to sign in */
    public CoordinatorClient(URI base, @Nullable String token) {
        this(base, token, null);
    }

    /**
     * @param token API token; null where nobody has to sign in
     * @param authority fingerprint of the certificate authority to trust, 64 hex digits; null for those of this machine
     */
    public CoordinatorClient(URI base, @Nullable String token, @Nullable String authority) {
        if (base.getHost() == null || !List.of("http", "https").contains(base.getScheme())) {
            throw new CliException("the coordinator's address must look like http://host:8080, was '" + base + "'");
        }
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
        this.http = (authority == null ? builder : builder.sslContext(TlsContexts.pinning(authority))).build();
        this.base = base;
        this.token = token == null || token.isBlank() ? null : token.strip();
    }

    public URI base() {
        return base;
    }

    /** @param document job in YAML or JSON */
    public JobView submit(String document) {
        return read(
                text(request("/jobs").POST(BodyPublishers.ofString(document)).build()), JobView.class);
    }

    public List<JobView> jobs() {
        return list("/jobs", JobView[].class);
    }

    public JobView job(String id) {
        return read(get("/jobs/" + id), JobView.class);
    }

    public List<RoundView> rounds(String id) {
        return list("/jobs/" + id + "/rounds", RoundView[].class);
    }

    public PrivacyReport privacy(String id) {
        return read(get("/jobs/" + id + "/privacy"), PrivacyReport.class);
    }

    public List<ProgressView> progress(String id) {
        return List.of(read(get("/jobs/" + id + "/progress"), ProgressView[].class));
    }

    /** @param action {@code pause, resume, cancel} or {@code retry} */
    public JobView order(String id, String action) {
        HttpRequest request = request("/jobs/" + id + "/" + action)
                .POST(BodyPublishers.noBody())
                .build();
        return read(text(request), JobView.class);
    }

    public List<AgentView> agents() {
        return list("/agents", AgentView[].class);
    }

    /** Makes a one-time token that admits an agent, and returns it. */
    public String enrolmentToken(String agent, int hours) {
        Map<String, Object> body = Map.of("agent", agent, "hours", hours);
        return read(post("/enrolments/tokens", body), JsonNode.class)
                .path("token")
                .asString("");
    }

    public EnrolmentView enrolments() {
        List<Member> members = new ArrayList<>();
        while (true) {
            HttpResponse<String> page =
                    answer(request("/enrolments?offset=" + members.size()).GET().build());
            EnrolmentView view = read(page.body(), EnrolmentView.class);
            members.addAll(view.members());
            if (page.headers().firstValue("Link").isEmpty()) {
                return new EnrolmentView(view.required(), members, view.tokens());
            }
        }
    }

    /** Shuts an agent out. */
    public void revoke(String agent) {
        text(request("/enrolments/" + agent).DELETE().build());
    }

    /** Downloads the PEFT directory of a job's newest adapter as a zip. */
    public void adapter(String id, Path zip) {
        download("/jobs/" + id + "/adapter", zip);
    }

    /** Names that stand for adapters. */
    public List<RegisteredAdapter> registry() {
        return list("/registry", RegisteredAdapter[].class);
    }

    public RegisteredAdapter registered(String name) {
        return read(get("/registry/" + name), RegisteredAdapter.class);
    }

    /** @param version null for the job's result, while it runs the newest one */
    public RegisteredAdapter promote(String name, String job, @Nullable Integer version, String note) {
        Map<String, Object> body = new HashMap<>(Map.of("job", job, "note", note));
        if (version != null) {
            body.put("version", version);
        }
        return read(post("/registry/" + name + "/promotions", body), RegisteredAdapter.class);
    }

    /** @param promotion number of the one that is meant */
    public RegisteredAdapter rollBack(String name, int promotion, String note) {
        Map<String, Object> body = Map.of("promotion", promotion, "note", note);
        return read(post("/registry/" + name + "/rollback", body), RegisteredAdapter.class);
    }

    /** Downloads what a name stands for, as a zip. */
    public void promotedAdapter(String name, Path zip) {
        download("/registry/" + name + "/adapter", zip);
    }

    /** Downloads the log with its checkpoints. */
    public void auditLog(Path file) {
        download("/audit/export", file);
    }

    private void download(String path, Path file) {
        HttpResponse<byte[]> response = send(request(path).GET().build(), BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw problem(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
        }
        try {
            Files.write(file, response.body());
        } catch (IOException e) {
            throw new CliException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private String get(String path) {
        return text(request(path).GET().build());
    }

    private String post(String path, Map<String, Object> body) {
        return text(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build());
    }

    /** All pages of a list. */
    private <T> List<T> list(String path, Class<T[]> type) {
        List<T> all = new ArrayList<>();
        HttpResponse<String> page;
        do {
            page = answer(request(path + "?offset=" + all.size()).GET().build());
            all.addAll(List.of(read(page.body(), type)));
        } while (page.headers().firstValue("Link").isPresent());
        return all;
    }

    private HttpRequest.Builder request(String path) {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(base.resolve("/api/v1" + path)).timeout(PATIENCE);
            return token == null ? request : request.header("Authorization", "Bearer " + token);
        } catch (IllegalArgumentException e) {
            throw new CliException("not an id or name: " + path.substring(path.lastIndexOf('/') + 1), e);
        }
    }

    private String text(HttpRequest request) {
        return answer(request).body();
    }

    private HttpResponse<String> answer(HttpRequest request) {
        HttpResponse<String> response = send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() / 100 != 2) {
            throw problem(response.statusCode(), response.body());
        }
        return response;
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (HttpTimeoutException e) {
            throw new CliException(base + " did not answer within " + PATIENCE.toSeconds() + " s", e);
        } catch (SSLException e) {
            throw new CliException(
                    base + " shows a certificate that is not trusted (" + e.getMessage()
                            + "). Give its authority's fingerprint, which the coordinator prints at its start, by --ca"
                            + " or TRIBUTARY_CA.",
                    e);
        } catch (IOException e) {
            throw new CliException(
                    "no coordinator answers at " + base + " (" + e.getClass().getSimpleName()
                            + "). Is it running? Another address is given by --coordinator.",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException("interrupted while waiting for " + base, e);
        }
    }

    private CliException problem(int status, String body) {
        try {
            return ProblemText.of(JSON.readTree(body));
        } catch (JacksonException e) {
            return new CliException(
                    base + " answered with status " + status + " and no explanation. Is it a coordinator?");
        }
    }

    private <T> T read(String body, Class<T> type) {
        try {
            return JSON.readValue(body, type);
        } catch (JacksonException e) {
            throw new CliException(base + " answered with something else than expected: " + e.getOriginalMessage(), e);
        }
    }
}
