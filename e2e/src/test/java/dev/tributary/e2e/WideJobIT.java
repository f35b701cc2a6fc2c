package dev.tributary.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.tributary.coordinator.Coordinator;
import dev.tributary.coordinator.CoordinatorOptions;
import dev.tributary.protocol.memory.InMemoryNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages of a job of 100 agents and 50 rounds: no page holds more than a browser lays out at once. How long paints and
 * clicks took goes to {@code target/wide-job.txt}; it is not judged here, as this machine may be busy.
 */
class WideJobIT {
    private static final int AGENTS = 100;
    private static final int ROUNDS = 50;
    private static final int ELEMENTS = 7000;

    /** Keeps the time from every click to the paint after it, as the browser tells it (Event Timing). */
    private static final String WATCH = """
            window.clicks = [];
            new PerformanceObserver(list => list.getEntries().forEach(e => window.clicks.push(e.duration)))
              .observe({type: 'event', durationThreshold: 16, buffered: true});
            """;

    /** Milliseconds for the answer to arrive, and until the page shows it. */
    private static final String REFRESH = """
            () => new Promise(done => {
              const begin = performance.now();
              let answered = 0;
              document.addEventListener('htmx:beforeSwap', () => answered = performance.now(), {once: true});
              document.addEventListener('htmx:afterSettle', () => requestAnimationFrame(() => setTimeout(() =>
                done(`${Math.round(answered - begin)} ms until it comes, ${Math.round(performance.now() - answered)} ms to show it`))), {once: true});
              htmx.trigger(document.getElementById('live'), 'refresh');
            })
            """;

    /** Waits inside the page: Playwright's own waiting evaluates text later on, which the pages' CSP forbids. */
    private static final String PAINTED = """
            () => new Promise(done => {
              const look = () => {
                const paint = performance.getEntriesByName('first-contentful-paint')[0];
                if (paint) done(paint.startTime); else setTimeout(look, 10);
              };
              look();
            })
            """;

    private final List<String> figures = new ArrayList<>();

    @Test
    void aHundredAgentsAndFiftyRoundsStayReadable(@TempDir Path directory) throws Exception {
        Path data = Files.createDirectories(directory.resolve("coordinator"));
        WideJob.write(data, AGENTS, ROUNDS);
        InMemoryNetwork network = new InMemoryNetwork(directory.resolve("wire"));
        try (Coordinator coordinator = Coordinator.start(
                        CoordinatorOptions.in(data).httpPort(0).transport(network::coordinator));
                Browsers browsers = new Browsers();
                BrowserContext context =
                        browsers.browser.newContext(new Browser.NewContextOptions().setViewportSize(1280, 900))) {
            context.addInitScript(WATCH);
            Page page = context.newPage();
            List<String> errors = new ArrayList<>();
            page.onPageError(errors::add);
            String base = coordinator.address().toString();
            String job = base + "jobs/" + WideJob.ID;
            for (String path : List.of("", "jobs/" + WideJob.ID, "agents", "adapters", "compare?job=" + WideJob.ID)) {
                paint(page, base + path); // the first request of each page compiles its template
                paint(page, base + path);
                int elements = number(page.evaluate("document.querySelectorAll('*').length"));
                figures.add(String.format(
                        Locale.ROOT,
                        "/%s: first paint %d ms, %d elements, %d kB",
                        path,
                        paint(page, base + path),
                        elements,
                        page.content().length() / 1000));
                assertThat(elements).as("elements of /" + path).isLessThan(ELEMENTS);
            }
            page.navigate(job);
            assertThat(page.locator(".lane")).hasCount(AGENTS);
            assertThat(page.locator(".lane").first().locator(".cell").last()).containsText("" + ROUNDS);
            for (int i = 0; i < 5; i++) {
                figures.add("live part again: " + page.evaluate(REFRESH));
            }
            page.locator(".theme").click();
            page.getByText("Aggregation in figures").click();
            page.getByText("Job document").click();
            page.getByText("Table").first().click();
            page.waitForTimeout(500);
            figures.add("slowest of four clicks: " + number(page.evaluate("Math.max(0, ...window.clicks)")) + " ms");
            page.getByText("Earlier").click();
            assertThat(page.locator(".links").first()).containsText("Newest");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", "wide.png")));
            assertThat(errors).isEmpty();
        }
        Files.writeString(Path.of("target", "wide-job.txt"), String.join("\n", figures) + "\n");
    }

    private static int paint(Page page, String address) {
        page.navigate(address);
        return number(page.evaluate(PAINTED));
    }

    private static int number(Object value) {
        return (int) Math.round(((Number) value).doubleValue());
    }
}
