package dev.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps docs/job.md as the keys are. {@code mvn test -Dtributary.docs.write=true} writes it anew. */
class JobReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "job.md");
    private static final String BEGIN = "<!-- keys: made from JobKeys -->\n";
    private static final String END = "<!-- end of keys -->\n";

    @Test
    void theReferencePageListsEveryKeyAsItIs() throws IOException {
        String page = Files.readString(PAGE);
        String expected =
                page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table() + page.substring(page.indexOf(END));
        if (Boolean.getBoolean("tributary.docs.write")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(expected);
    }

    private static String table() {
        StringBuilder text = new StringBuilder("| key | value | default | meaning |\n|---|---|---|---|\n");
        for (JobKeys.Entry entry : JobKeys.entries()) {
            String fallback = entry.required()
                    ? "**required**"
                    : entry.defaultValue().isEmpty() ? "" : "`" + entry.defaultValue() + "`";
            text.append(
                    "| `%s` | %s | %s | %s |\n".formatted(entry.path(), entry.type(), fallback, entry.description()));
        }
        return text.toString();
    }
}
