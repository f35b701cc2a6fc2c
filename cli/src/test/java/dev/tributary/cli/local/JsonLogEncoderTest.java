package dev.tributary.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLogEncoderTest {

    @ParameterizedTest
    @ValueSource(strings = {"ecs", "logstash", "gelf"})
    void aLineIsJsonWithTheIdsOfWhatItIsAbout(String format) {
        LoggerContext context = new LoggerContext();
        JsonLogEncoder encoder = new JsonLogEncoder();
        encoder.setContext(context);
        encoder.setFormat(format);
        encoder.start();
        LoggingEvent event = new LoggingEvent(
                "", context.getLogger("dev.tributary.job"), Level.INFO, "round \"two\" opened", null, null);
        event.setMDCPropertyMap(Map.of("job", "tone-1", "round", "2", "agent", "amazon"));

        String text = new String(encoder.encode(event), StandardCharsets.UTF_8);
        JsonNode line = JsonMapper.shared().readTree(text);

        assertThat(text.strip()).doesNotContain("\n");
        assertThat(line.toString()).contains("round \\\"two\\\" opened");
        for (Map.Entry<String, String> id : event.getMDCPropertyMap().entrySet()) {
            JsonNode field = line.has(id.getKey()) ? line.get(id.getKey()) : line.path("_" + id.getKey());
            assertThat(field.asString()).as(format + " " + id.getKey()).isEqualTo(id.getValue());
        }
    }
}
