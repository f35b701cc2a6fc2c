package dev.tributary.coordinator.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.coordinator.round.ScriptedAgent;
import dev.tributary.protocol.memory.InMemoryNetwork;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sign-in over real HTTP. */
class AccessTest {

    private static final String PASSWORD = "correct horse battery";

    /** The least role for every endpoint there is, {@code open} for nobody signed in. A new endpoint must be listed. */
    private static final String ENDPOINTS = """
            GET /login open
            GET /setup open
            POST /setup open
            GET /actuator/health open
            GET /actuator/health/** open
            GET /actuator viewer
            GET /actuator/info viewer
            GET /actuator/metrics viewer
            GET /actuator/metrics/{requiredMetricName} viewer
            GET /actuator/prometheus viewer
            GET /actuator/mappings viewer
            GET /v3/api-docs viewer
            GET /v3/api-docs.yaml viewer
            GET / viewer
            GET /overview/live viewer
            GET /jobs/{id} viewer
            GET /jobs/{id}/live viewer
            GET /jobs/{id}/privacy viewer
            GET /compare viewer
            GET /agents viewer
            GET /adapters viewer
            GET /audit viewer
            GET /privacy viewer
            GET /new viewer
            POST /new/check researcher
            GET /api/v1/jobs viewer
            GET /api/v1/jobs/{id} viewer
            GET /api/v1/jobs/{id}/rounds viewer
            GET /api/v1/jobs/{id}/privacy viewer
            GET /api/v1/jobs/{id}/progress viewer
            GET /api/v1/jobs/{id}/events viewer
            GET /api/v1/jobs/{id}/adapter viewer
            GET /api/v1/adapters viewer
            GET /api/v1/registry viewer
            GET /api/v1/registry/{name} viewer
            GET /api/v1/registry/{name}/adapter viewer
            POST /api/v1/registry/{name}/promotions operator
            POST /api/v1/registry/{name}/rollback operator
            GET /api/v1/agents viewer
            GET /api/v1/audit/export viewer
            GET /api/v1/audit/checkpoints viewer
            GET /api/v1/audit/streams viewer
            GET /api/v1/audit/streams/{stream} viewer
            GET /api/v1/audit/streams/{stream}/events viewer
            POST /api/v1/jobs researcher
            POST /api/v1/jobs/check researcher
            POST /api/v1/jobs/{id}/cancel operator
            POST /api/v1/jobs/{id}/pause operator
            POST /api/v1/jobs/{id}/resume operator
            POST /api/v1/jobs/{id}/retry operator
            POST /api/v1/enrolment/challenge open
            POST /api/v1/enrolment/request open
            GET /api/v1/enrolments viewer
            POST /api/v1/enrolments/tokens admin
            DELETE /api/v1/enrolments/{agent} admin
            GET /api/v1/accounts admin
            POST /api/v1/accounts admin
            DELETE /api/v1/accounts/{name} admin
            GET /api/v1/tokens admin
            POST /api/v1/tokens admin
            DELETE /api/v1/tokens/{id} admin
            """;

    @TempDir
    static Path directory;

    static Coordinator coordinator;
    static URI link;
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static final Map<Role, String> TOKENS = new EnumMap<>(Role.class);

    @BeforeAll
    static void start() throws Exception {
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("wire"));
        coordinator = Coordinator.start(CoordinatorOptions.in(directory.resolve("coordinator"))
                .federation(ScriptedAgent.FEDERATION)
                .httpPort(0)
                .with("tributary.security.enabled", true)
                .with("tributary.security.requests-per-minute", 400)
                .with("management.endpoints.web.exposure.include", "health,info,metrics,prometheus,mappings")
                .transport(network::coordinator));
        link = coordinator.setUpLink().orElseThrow();
        Browser first = new Browser();
        HttpResponse<String> made = first.submit(
                link.getRawPath() + "?" + link.getRawQuery(), "/setup", "name", "ada", "password", PASSWORD);
        assertThat(made.headers().firstValue("Location").orElse("")).endsWith("/login?made");
        for (Role role : Role.values()) {
            String body = "{\"label\":\"test\",\"role\":\"" + role.text() + "\",\"days\":1}";
            HttpResponse<String> issued = send(basic("ada", PASSWORD), "POST", "/api/v1/tokens", body);
            assertThat(issued.statusCode()).as(issued.body()).isEqualTo(201);
            TOKENS.put(role, "Bearer " + json(issued.body()).get("token").asString());
        }
    }

    @AfterAll
    static void stop() {
        coordinator.close();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse<String> send(String authorization, String method, String path, String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        coordinator.address().resolve(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Keeps cookies, follows no redirects, and sends what a form sends. */
    private static final class Browser {
        final CookieManager cookies = new CookieManager();
        final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();

        HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        HttpResponse<String> get(String path) throws Exception {
            return send(HttpRequest.newBuilder(coordinator.address().resolve(path)));
        }

        /** Opens a page and submits its form with the given fields and the hidden ones. */
        HttpResponse<String> submit(String page, String action, String... fields) throws Exception {
            StringBuilder body = new StringBuilder();
            Matcher hidden = Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
                    .matcher(get(page).body());
            while (hidden.find()) {
                append(body, hidden.group(1), hidden.group(2));
            }
            for (int i = 0; i < fields.length; i += 2) {
                append(body, fields[i], fields[i + 1]);
            }
            return send(HttpRequest.newBuilder(coordinator.address().resolve(action))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
        }

        private static void append(StringBuilder body, String name, String value) {
            body.append(body.isEmpty() ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }

        HttpResponse<String> signIn(String name, String password) throws Exception {
            return submit("/login", "/login", "username", name, "password", password);
        }

        String csrf() {
            return cookies.getCookieStore().getCookies().stream()
                    .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                    .findFirst()
                    .orElseThrow()
                    .getValue();
        }
    }

    @Test
    void everyEndpointIsListedAndGuardedForEveryRole() throws Exception {
        Map<String, String> listed = new TreeMap<>();
        ENDPOINTS.lines().forEach(line -> {
            String[] parts = line.split(" ");
            listed.put(parts[0] + " " + parts[1], parts[2]);
        });
        assertThat(mapped()).as("endpoints that exist").containsExactlyInAnyOrderElementsOf(listed.keySet());
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, String> endpoint : listed.entrySet()) {
            String[] parts = endpoint.getKey().split(" ");
            String path = parts[1].replaceAll("\\{[^}]+}|\\*\\*", "none");
            boolean open = endpoint.getValue().equals("open");
            int anonymous = send("", parts[0], path, "").statusCode();
            boolean refused = anonymous == 401 || anonymous == 403 || anonymous == 302;
            if (refused == open && !path.equals("/setup")) {
                wrong.add(endpoint.getKey() + " without sign-in: " + anonymous);
            }
            for (Role role : Role.values()) {
                int status = send(TOKENS.get(role), parts[0], path, "").statusCode();
                boolean allowed = open || role.compareTo(Role.of(endpoint.getValue())) >= 0;
                if (allowed ? status == 401 || status == 403 : status != 403) {
                    wrong.add(endpoint.getKey() + " as " + role + ": " + status);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(send(TOKENS.get(Role.ADMIN), "PUT", "/api/v1/jobs", "").statusCode())
                .as("what no rule names")
                .isEqualTo(403);
    }

    private static List<String> mapped() throws Exception {
        List<String> endpoints = new ArrayList<>();
        JsonNode contexts = json(send(TOKENS.get(Role.ADMIN), "GET", "/actuator/mappings", "")
                        .body())
                .get("contexts");
        for (JsonNode context : contexts) {
            for (JsonNode mapping : context.at("/mappings/dispatcherServlets/dispatcherServlet")) {
                JsonNode conditions = mapping.at("/details/requestMappingConditions");
                for (JsonNode pattern : conditions.path("patterns")) {
                    for (JsonNode method : conditions.path("methods")) {
                        endpoints.add(method.asString() + " " + pattern.asString());
                    }
                }
            }
        }
        return endpoints.stream().distinct().toList();
    }

    @Test
    void theSetUpLinkWorksOnce() throws Exception {
        String page = link.getRawPath() + "?" + link.getRawQuery();
        assertThat(new Browser().get(page).statusCode()).isEqualTo(404);
        assertThat(coordinator.setUpLink()).isEmpty();
    }

    @Test
    void aBrowserSignsInAndItsChangesNeedTheCsrfToken() throws Exception {
        Browser browser = new Browser();
        assertThat(browser.get("/").statusCode()).as("to the sign-in page").isEqualTo(302);
        browser.signIn("ada", PASSWORD);
        assertThat(browser.get("/").body()).contains("Sign out");
        URI cancel = coordinator.address().resolve("/api/v1/jobs/none/cancel");
        HttpRequest.Builder bare = HttpRequest.newBuilder(cancel).POST(HttpRequest.BodyPublishers.noBody());
        assertThat(browser.send(bare).statusCode()).isEqualTo(403);
        HttpRequest.Builder withToken = HttpRequest.newBuilder(cancel)
                .POST(HttpRequest.BodyPublishers.noBody())
                .header("X-XSRF-TOKEN", browser.csrf());
        assertThat(browser.send(withToken).statusCode()).isEqualTo(404);
        browser.submit("/", "/logout");
        assertThat(browser.get("/").statusCode()).isEqualTo(302);
    }

    @Test
    void wrongPasswordsLockAnAccountAndReadLikeUnknownNames() throws Exception {
        String body = "{\"name\":\"bob\",\"password\":\"" + PASSWORD + "\",\"role\":\"viewer\"}";
        assertThat(send(TOKENS.get(Role.ADMIN), "POST", "/api/v1/accounts", body)
                        .statusCode())
                .isEqualTo(201);
        assertThat(send(basic("bob", PASSWORD), "GET", "/api/v1/jobs", "").statusCode())
                .isEqualTo(200);
        HttpResponse<String> unknown = send(basic("nobody", "x"), "GET", "/api/v1/jobs", "");
        for (int i = 0; i < Accounts.FREE_FAILURES; i++) {
            HttpResponse<String> wrong = send(basic("bob", "wrong"), "GET", "/api/v1/jobs", "");
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.body()).isEqualTo(unknown.body());
        }
        assertThat(send(basic("bob", PASSWORD), "GET", "/api/v1/jobs", "").statusCode())
                .as("locked")
                .isEqualTo(401);
        assertThat(new Browser()
                        .send(HttpRequest.newBuilder(coordinator.address().resolve("/audit?stream=_access"))
                                .header("Authorization", TOKENS.get(Role.VIEWER)))
                        .body())
                .contains("account-created", "account-locked", "token-issued")
                .doesNotContain(PASSWORD);
    }

    @Test
    void aRevokedTokenIsRefusedAtOnce() throws Exception {
        JsonNode issued = json(send(
                        TOKENS.get(Role.ADMIN),
                        "POST",
                        "/api/v1/tokens",
                        "{\"label\":\"short\",\"role\":\"viewer\",\"days\":1}")
                .body());
        String token = "Bearer " + issued.get("token").asString();
        assertThat(send(token, "GET", "/api/v1/jobs", "").statusCode()).isEqualTo(200);
        assertThat(send(token.substring(0, token.length() - 1) + "_", "GET", "/api/v1/jobs", "")
                        .statusCode())
                .isEqualTo(401);
        send(
                TOKENS.get(Role.ADMIN),
                "DELETE",
                "/api/v1/tokens/" + issued.at("/about/id").asString(),
                "");
        assertThat(send(token, "GET", "/api/v1/jobs", "").statusCode()).isEqualTo(401);
    }

    @Test
    void whoAsksTooOftenIsTurnedAwayForAWhileAndNobodyElse() throws Exception {
        String hasty = "Bearer "
                + json(send(
                                        TOKENS.get(Role.ADMIN),
                                        "POST",
                                        "/api/v1/tokens",
                                        "{\"label\":\"hasty\",\"role\":\"viewer\",\"days\":1}")
                                .body())
                        .get("token")
                        .asString();
        HttpResponse<String> answer = send(hasty, "GET", "/api/v1/tokens", "");
        for (int i = 0; i < 900 && answer.statusCode() != 429; i++) { // a new minute may begin in between
            answer = send(hasty, "GET", "/api/v1/tokens", "");
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 60L);
        assertThat(json(answer.body()).get("type").asString()).endsWith("too-many-requests");
        assertThat(send(TOKENS.get(Role.OPERATOR), "GET", "/api/v1/jobs", "").statusCode())
                .isEqualTo(200);
    }

    @Test
    void answersCarryTheHeadersThatKeepPagesApart() throws Exception {
        HttpResponse<String> page = new Browser().get("/login");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'", "frame-ancestors 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.headers().allValues("Set-Cookie"))
                .isNotEmpty()
                .allSatisfy(cookie -> assertThat(cookie).contains("SameSite=Strict"));
    }
}
