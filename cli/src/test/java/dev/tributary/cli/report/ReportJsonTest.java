package dev.tributary.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportJsonTest {

    @Test
    void holdsTheDocumentedFields() {
        JsonNode json = read(Reports.twoRounds());

        assertThat(json.at("/job").asString()).isEqualTo("demo-1");
        assertThat(json.at("/method").asString()).isEqualTo("fedex");
        assertThat(json.at("/seed").asLong()).isEqualTo(7);
        assertThat(json.at("/adapterSha256").asString()).isEqualTo("ab12");
        JsonNode second = json.at("/rounds/1");
        assertThat(second.at("/accepted/1").asString()).isEqualTo("yelp");
        assertThat(second.at("/rejected/0/reason").asString()).isEqualTo("not-finite");
        assertThat(second.at("/metrics/mean/accuracy").asDouble()).isEqualTo(0.9163);
        assertThat(second.at("/metrics/agents/imdb/loss").asDouble()).isEqualTo(0.3);
        assertThat(second.at("/bytesUp").asLong()).isEqualTo(1_234_567);
        assertThat(second.at("/aggregationError").asDouble()).isEqualTo(3.1e-7);
        assertThat(second.at("/traffic/amazon/down").asLong()).isEqualTo(300_000);
        assertThat(second.at("/aggregation/denseBytesUp").asDouble()).isEqualTo(21e6);
        assertThat(second.at("/seconds/total").asDouble()).isEqualTo(7.5);
    }

    @Test
    void undefinedFiguresAreNull() {
        JsonNode first = read(Reports.twoRounds()).at("/rounds/0");

        assertThat(first.at("/aggregationError").isNull()).isTrue();
        assertThat(first.at("/epsilon").isNull()).isTrue();
    }

    @Test
    void aJobWithoutRoundsIsStillAReport() {
        assertThat(read(Reports.report("empty", List.of())).at("/rounds").isEmpty())
                .isTrue();
    }

    private static JsonNode read(Report report) {
        return JsonMapper.shared().readTree(ReportJson.write(report));
    }
}
