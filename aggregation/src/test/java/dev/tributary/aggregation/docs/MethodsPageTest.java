package dev.tributary.aggregation.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MethodsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "methods.md");

    /** Run with -Dtributary.write-docs=true to bring the page up to date. */
    @Test
    void thePageInTheRepositoryIsCurrent() throws IOException {
        if (Boolean.getBoolean("tributary.write-docs")) {
            MethodsPage.main(new String[] {PAGE.toString()});
        }
        assertThat(PAGE).hasContent(MethodsPage.text());
    }
}
