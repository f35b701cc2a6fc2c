package dev.tributary.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.tributary.privacy.seal.SealSuite;
import dev.tributary.protocol.enrol.EnrolmentToken;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands at the coordinator's address and is not the coordinator. */
class EnrollerTest {

    @TempDir
    private Path directory;

    private HttpServer stranger;

    @BeforeEach
    void start() throws IOException {
        stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stranger.start();
    }

    @AfterEach
    void stop() {
        stranger.stop(0);
    }

    private void enrol() {
        EnrolmentToken token = new EnrolmentToken(
                "0".repeat(16), EnrolmentToken.secret(new byte[32]), "0".repeat(64), SealSuite.X25519);
        new Enroller(URI.create("http://127.0.0.1:" + stranger.getAddress().getPort()), token, Clock.systemUTC())
                .enrol("site-a", "clinics", directory);
    }

    private void answers(int status, int length) {
        answers(status, new byte[length]);
    }

    private void answers(int status, byte[] body) {
        stranger.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
    }

    @Test
    void anAnswerLargerThanAnyIsNotRead() {
        answers(200, 10 << 20);
        assertThatThrownBy(this::enrol)
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("more than 65536 bytes");
        assertThat(Membership.in(directory)).isEmpty();
    }

    @Test
    void aRefusalMovesNoCursor() {
        answers(422, "{\"detail\":\"\u001b[2Jall is \u202ewell\"}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::enrol)
                .hasMessageContaining("refuses: ?[2Jall is ?well")
                .hasMessageNotContaining("\u001b");
    }

    @Test
    void aRefusalOfManyWordsIsToldInFew() {
        answers(422, ("{\"detail\":\"" + "\\n".repeat(1000) + "\"}").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::enrol).hasMessageContaining("refuses: \\n").hasMessageEndingWith("...");
    }

    @Test
    void aRefusalWithoutEndIsToldByItsStatus() {
        answers(422, ("{\"detail\":\"" + "\\n".repeat(30_000) + "\"}").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::enrol).hasMessageEndingWith("refuses: status 422");
    }

    @Test
    void nonsenseIsNoCoordinatorsAnswer() {
        answers(200, 3);
        assertThatThrownBy(this::enrol)
                .isInstanceOf(EnrolmentException.class)
                .hasMessageContaining("is not the coordinator of this token");
    }
}
