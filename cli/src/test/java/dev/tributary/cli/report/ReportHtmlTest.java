package dev.tributary.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;

class ReportHtmlTest {

    @Test
    void fetchesNothing() {
        String html = ReportHtml.write(Reports.twoRounds());

        assertThat(html).doesNotContainPattern("https?://|src=|@import|<script|<link|url\\(");
    }

    @Test
    void namesAreEscaped() {
        assertThat(ReportHtml.write(Reports.twoRounds()))
                .contains("support &lt;tone&gt;")
                .doesNotContain("<tone>");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 40})
    void chartsAreWellFormedAndHoldAPointPerRoundAndSite(int rounds) throws Exception {
        List<Report.Round> list = java.util.stream.IntStream.rangeClosed(1, rounds)
                .mapToObj(i -> Reports.round(i, 0.8 + i * 0.002, List.of("amazon"), List.of(), List.of("yelp")))
                .toList();
        Matcher svg = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL)
                .matcher(ReportHtml.write(Reports.report("many", list)));
        int charts = 0;
        while (svg.find()) {
            charts++;
            int dots = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg.group())))
                    .getElementsByTagName("circle")
                    .getLength();
            assertThat(dots).isEqualTo(4 * rounds);
            assertThat(svg.group()).doesNotContain("NaN");
        }
        assertThat(charts).isEqualTo(2);
    }

    @Test
    void whoWasNotCountedStandsInTheTable() {
        assertThat(ReportHtml.write(Reports.twoRounds())).contains("rejected: imdb (not-finite)");
    }

    @Test
    void figuresOfTheAggregationStandBesideWhatADenseMethodWouldHaveSent() {
        assertThat(ReportHtml.write(Reports.twoRounds()))
                .contains("<td>16</td><td>0.875</td><td>–</td><td>1.23 MB</td><td>21.0 MB</td>")
                .contains("amazon: 400.0 kB / 300.0 kB");
    }

    @Test
    void aJobWithoutRoundsHasNoCharts() {
        assertThat(ReportHtml.write(Reports.report("empty", List.of()))).doesNotContain("<svg");
    }
}
