package dev.tributary.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RoundTableTest {

    @Test
    void hasALinePerRoundUnderAHeading() {
        List<String> lines = RoundTable.lines(Reports.twoRounds());

        assertThat(lines).hasSize(4);
        assertThat(lines.get(0).split(" {2,}"))
                .containsExactly(
                        "round",
                        "accepted",
                        "amazon",
                        "imdb",
                        "yelp",
                        "mean",
                        "loss",
                        "up",
                        "down",
                        "agg. error",
                        "train",
                        "aggregate",
                        "total");
        assertThat(lines.get(3).split(" {2,}"))
                .containsExactly(
                        "2",
                        "2 of 3",
                        "91.63 %",
                        "91.63 %",
                        "91.63 %",
                        "91.63 %",
                        "0.3000",
                        "1.23 MB",
                        "987.7 kB",
                        "3.1e-07",
                        "5.25 s",
                        "0.13 s",
                        "7.50 s");
    }

    @Test
    void undefinedFiguresAreADash() {
        assertThat(RoundTable.lines(Reports.twoRounds()).get(2)).contains("–");
    }
}
