package dev.tributary.cli.bench.rounds;

import dev.tributary.agent.enrol.Enroller;
import dev.tributary.cli.rest.CoordinatorClient;
import dev.tributary.privacy.pki.Certificates;
import dev.tributary.protocol.enrol.EnrolmentToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Enrols a benchmark's agents with a coordinator that asks for it.
 *
 * @param directory where coordinator and agents keep their state
 * @param http port of the coordinator's page
 */
record SecureBench(String federation, Path directory, int http) {

    private static final Duration START = Duration.ofMinutes(2);
    private static final long PAUSE_MILLIS = 200;

    /** Waits for the coordinator and enrols every agent. Returns a client that trusts the coordinator's authority. */
    CoordinatorClient start(List<String> agents, ChildJvm coordinator) throws IOException, InterruptedException {
        Path authority = directory.resolve("coordinator").resolve("authority-certificate.pem");
        BenchProcesses.await("its certificate", START, PAUSE_MILLIS, () -> Files.exists(authority), coordinator);
        CoordinatorClient client = new CoordinatorClient(
                URI.create("https://127.0.0.1:" + http),
                null,
                Certificates.fingerprint(
                        Certificates.read(Files.readAllBytes(authority)).get(0)));
        BenchProcesses.await(
                "the coordinator's answer", START, PAUSE_MILLIS, () -> BenchProcesses.answers(client), coordinator);
        for (String agent : agents) {
            enrol(client, agent, client.enrolmentToken(agent, 1));
        }
        return client;
    }

    void enrol(CoordinatorClient client, String agent, String token) {
        new Enroller(client.base(), EnrolmentToken.parse(token), Clock.systemUTC())
                .enrol(agent, federation, directoryOf(agent).resolve("state"));
    }

    Path directoryOf(String agent) {
        return directory.resolve("agents").resolve(agent);
    }
}
