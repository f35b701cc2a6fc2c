package dev.tributary.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be told of the Compose file and the Dockerfile without a Docker engine. */
class ComposeTest {
    private ComposeFile compose;

    @BeforeEach
    void read() throws IOException {
        compose = ComposeFile.read();
    }

    @Test
    void everythingAServiceNamesIsDeclared() {
        compose.services().forEach((name, service) -> {
            for (Object volume : ComposeFile.list(service, "volumes")) {
                String source = volume.toString().split(":")[0];
                if (source.startsWith(".")) {
                    assertThat(ComposeFile.ROOT.resolve(source)).as(name).exists();
                } else {
                    assertThat(compose.section("volumes")).as(name).containsKey(source);
                }
            }
            ComposeFile.map(service, "depends_on")
                    .forEach((other, condition) ->
                            assertThat(compose.services()).as(name).containsKey(other));
            ComposeFile.list(service, "networks")
                    .forEach(network -> assertThat(compose.section("networks")).containsKey(network.toString()));
            ComposeFile.list(service, "secrets")
                    .forEach(secret -> assertThat(compose.section("secrets"))
                            .containsKey(
                                    secret instanceof Map<?, ?> m
                                            ? m.get("source").toString()
                                            : secret.toString()));
        });
    }

    @Test
    void everyLongRunningServiceHasAHealthCheckAndEveryVolumeIsNamed() {
        String dockerfile = dockerfile();
        compose.services().forEach((name, service) -> {
            Map<String, Object> build = ComposeFile.map(service, "build");
            boolean ofImage = build.containsKey("target")
                    && dockerfile.split("AS " + build.get("target"))[1].contains("HEALTHCHECK");
            assertThat(service.containsKey("healthcheck") || ofImage).as(name).isTrue();
        });
        assertThat(compose.section("volumes"))
                .containsKeys("kafka", "postgres", "coordinator", "amazon", "imdb", "yelp");
    }

    @Test
    void profilesKeepExtrasOutOfThePlainStart() {
        assertThat(compose.service("prometheus").get("profiles")).isEqualTo(List.of("monitoring"));
        assertThat(compose.service("grafana").get("profiles")).isEqualTo(List.of("monitoring"));
        assertThat(compose.service("gpu").get("profiles")).isEqualTo(List.of("gpu"));
        assertThat(compose.service("agent").get("profiles")).isEqualTo(List.of("simulation"));
        for (String name : List.of("kafka", "postgres", "coordinator", "amazon", "imdb", "yelp")) {
            assertThat(compose.service(name)).doesNotContainKey("profiles");
        }
    }

    @Test
    void noSecretStandsInTheFile() {
        compose.services()
                .forEach((name, service) -> ComposeFile.environment(service).forEach((key, value) -> {
                    if (key.matches("(?i).*(password|secret|token).*")) {
                        assertThat(key).as(name).matches(".*_FILE");
                        assertThat(value).startsWith("/run/secrets/");
                    }
                }));
        assertThat(compose.section("secrets").values().toString()).doesNotContain("environment");
    }

    @Test
    void filesOfConfigsAndOfMonitoringAreThere() {
        compose.section("configs").forEach((name, config) -> {
            String file = ((Map<?, ?>) config).get("file").toString();
            assertThat(ComposeFile.ROOT.resolve(file)).exists();
        });
        for (String file : List.of(
                "deploy/prometheus/prometheus.yml",
                "deploy/prometheus/alerts.yml",
                "deploy/grafana/dashboards/tributary.json",
                "deploy/make-secrets")) {
            assertThat(ComposeFile.ROOT.resolve(file)).exists();
        }
    }

    @Test
    void imagesRunWithoutRootOnPinnedBases() {
        for (String target : List.of("coordinator", "agent", "agent-gpu")) {
            String stage = dockerfile().split("AS " + target + "\n")[1].split("\nFROM ")[0];
            assertThat(stage).contains("USER tributary").contains("HEALTHCHECK");
        }
        dockerfile()
                .lines()
                .filter(line -> line.startsWith("FROM "))
                .forEach(line -> assertThat(line)
                        .matches("FROM (\\S+:[\\w.-]+|base) AS [\\w-]+")
                        .doesNotContain(":latest"));
        assertThat(dockerfile()).doesNotContain("ADD ").doesNotContain("sudo ");
    }

    private static String dockerfile() {
        try {
            return Files.readString(Path.of("..", "Dockerfile"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
