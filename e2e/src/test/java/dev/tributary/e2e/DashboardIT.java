package dev.tributary.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages in a real browser, on a real coordinator with its broker and three agents that only pretend to train.
 * Screenshots go to {@code target/screenshots}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardIT {
    private static final double MINUTE = 60_000;
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private PacedFederation federation;
    private Browsers browsers;
    private BrowserContext context;
    private Page page;
    private String base;
    private String first;
    private String second;
    private final List<String> errors = new ArrayList<>();

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        federation = new PacedFederation(directory, 0, 1, Map.of());
        base = federation.coordinator.address().toString();
        first = federation.run("tone", "fedavg", 4, 1);
        second = federation.run("tone", "fedex", 4, 1);
        browsers = new Browsers();
    }

    @AfterAll
    void stop() {
        browsers.close();
        federation.close();
    }

    @BeforeEach
    void open() {
        context = browsers.browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(1280, 900)
                .setColorScheme(ColorScheme.LIGHT)
                .setAcceptDownloads(true));
        page = context.newPage();
        page.setDefaultTimeout(MINUTE);
        errors.clear();
        page.onPageError(errors::add);
    }

    @AfterEach
    void nothingWentWrongInTheBrowser() {
        context.close();
        assertThat(errors).isEmpty();
    }

    @Test
    void aJobIsWrittenSubmittedAndItsRoundsAppearLive() {
        federation.pace(150);
        page.navigate(base + "new");
        page.getByLabel("Name").fill("from-the-browser");
        page.getByLabel("Rounds").fill("2");
        page.locator("button.pick[data-method=fedex]").click();
        assertThat(page.locator("#document")).hasValue(Pattern.compile("name: from-the-browser[\\s\\S]*rounds: 2"));
        assertThat(page.getByText("Ready to submit")).isVisible();
        page.locator("summary", new Page.LocatorOptions().setHasText("Cohort and pace"))
                .click();
        page.locator("[data-key='cohort.late']").selectOption("next-round");
        page.locator("[data-key='mode']").selectOption("async");
        assertThat(page.locator("#document"))
                .hasValue(Pattern.compile("cohort: \\{late: next-round, fraction[\\s\\S]*mode: async\\n"));
        page.locator("[data-key='cohort.late']").selectOption("");
        page.locator("[data-key='mode']").selectOption("");
        assertThat(page.locator("#document")).hasValue(Pattern.compile("cohort: \\{fraction[^}]*\\}\\nseed: 7\\n$"));
        assertThat(page.getByText("Ready to submit")).isVisible();
        shot("new");

        press("Submit");
        page.waitForURL("**/jobs/from-the-browser-*");

        assertThat(page.locator(".lane")).hasCount(3, within());
        assertThat(page.locator(".lane-phase")
                        .filter(new Locator.FilterOptions().setHasText("of 12"))
                        .first())
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(MINUTE));
        assertThat(page.locator(".cell.accepted").first())
                .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(MINUTE));
        shot("job-live");
        federation.pace(1);
        statusIs("completed");
        assertThat(page.locator(".cell.accepted")).hasCount(6, within());
        assertThat(page.locator(".plot canvas").first()).isVisible();
    }

    private String submit(String name, int rounds) {
        return federation
                .coordinator
                .jobs()
                .submit(PacedFederation.job(name, "fedex", rounds, 3))
                .id();
    }

    @Test
    void theEndOfAJobIsSeenEvenWhileAnOlderAnswerIsOnItsWay() {
        federation.pace(150);
        String id = submit("slow-answers", 1);
        page.navigate(base + "jobs/" + id);
        List<String> asked = new ArrayList<>();
        page.route("**/live*", route -> {
            asked.add(route.request().url());
            APIResponse answer = route.fetch();
            if (asked.size() == 1) {
                federation.pace(1);
                assertThat(federation.await(id)).isEqualTo("completed");
                LockSupport.parkNanos(1_000_000_000); // the page hears of the end, and has only the old answer to come
            }
            route.fulfill(new Route.FulfillOptions().setResponse(answer));
        });

        statusIs("completed");
        assertThat(asked).hasSizeGreaterThan(1);
    }

    @Test
    void aMistakeIsNamedWithItsLineBeforeSubmission() {
        page.navigate(base + "new");
        page.getByLabel("Rank").fill("0");

        Locator problems = page.locator(".problems");
        assertThat(problems).containsText("adapter.rank");
        assertThat(problems).containsText("line 4");
    }

    @Test
    void aRunningJobIsPausedResumedCancelledAndRetried() {
        federation.pace(300);
        String id = submit("to-cancel", 50);
        page.onDialog(dialog -> dialog.accept());
        page.navigate(base + "jobs/" + id);
        press("Pause");
        statusIs("paused");
        press("Resume");
        statusIs("running");
        press("Cancel");
        statusIs("cancelled");
        press("Retry");
        statusIs("running");
        press("Cancel");
        statusIs("cancelled");
        federation.pace(1);
    }

    @Test
    void aButtonIsNotReplacedBetweenPressAndRelease() {
        federation.pace(300);
        String id = submit("slow-finger", 50);
        page.navigate(base + "jobs/" + id);
        Locator pause = page.locator("[data-action=pause]");
        pause.hover();
        page.mouse().down();
        page.waitForResponse("**/live*", () -> {});
        page.waitForResponse("**/live*", () -> {});
        page.mouse().up();

        statusIs("paused");
        federation.coordinator.jobs().cancel(id, "the test is over");
        federation.pace(1);
    }

    private void press(String button) {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName(button).setExact(true))
                .click();
    }

    private void statusIs(String status) {
        assertThat(page.locator("h1 .badge"))
                .hasText(status, new LocatorAssertions.HasTextOptions().setTimeout(MINUTE));
    }

    @Test
    void anAdapterIsPromotedReplacedAndRolledBack() {
        page.onDialog(dialog -> dialog.accept());
        page.navigate(base + "adapters");
        promote(first, "as agreed on Monday");
        assertThat(page.locator("article")).containsText(first);
        promote(second, "better on slang");
        assertThat(page.locator("article")).containsText("better on slang");
        page.locator("article summary").click();
        shot("adapters");

        press("Roll back");
        assertThat(page.locator("article .rows")).containsText("as agreed on Monday");
        assertThat(page.locator("article h2")).containsText("#1");
    }

    private void promote(String job, String note) {
        page.getByLabel("Promote v4 of " + job).click();
        assertThat(page.locator("#promotion [name=name]")).hasValue("tone");
        page.getByLabel("Note").fill(note);
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("promotion.png")));
        page.locator("#promotion button[type=submit]").click();
    }

    @Test
    void anAgentIsInvitedByAOneTimeToken() {
        page.navigate(base + "agents");
        page.getByLabel("Its name").fill("clinic-a");
        press("Make a one-time token");
        assertThat(page.locator("#token-text")).not().isEmpty();
        shot("agents-token");
        page.reload();

        assertThat(page.getByText("A token for clinic-a waits until")).isVisible();
    }

    @Test
    void theAdapterOfAFinishedJobIsDownloaded() throws Exception {
        page.navigate(base + "jobs/" + first);
        shot("job");

        Download download =
                page.waitForDownload(() -> page.getByText("Download adapter").click());

        assertThat(download.suggestedFilename()).isEqualTo(first + "-round-4.zip");
        try (ZipFile zip = new ZipFile(download.path().toFile())) {
            assertThat(zip.getEntry("adapter_config.json")).isNotNull();
            assertThat(zip.getEntry("adapter_model.safetensors")).isNotNull();
        }
    }

    @Test
    void jobsAreComparedOnOneChart() {
        page.navigate(base + "compare");
        page.locator("input[value='" + first + "']").check();
        page.locator("input[value='" + second + "']").check();
        press("Compare");

        assertThat(page.locator(".plot canvas")).hasCount(2, within());
        assertThat(page.locator("tbody").first()).containsText("fedex");
        assertThat(page.locator("tbody").first()).containsText("fedavg");
        shot("compare");
    }

    @Test
    void recordsShowAgentsAdaptersTheLogAndPrivacy() {
        page.navigate(base);
        assertThat(page.locator(".people li")).hasCount(3, within());
        shot("overview");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Agents"))
                .first()
                .click();
        assertThat(page.locator("article")).hasCount(3, within());
        shot("agents");
        page.navigate(base + "adapters");
        assertThat(page.locator("tbody")).containsText("after v3");
        page.navigate(base + "audit?stream=" + first);
        assertThat(page.getByText("hash chain intact")).isVisible();
        page.locator(".log summary").first().click();
        assertThat(page.locator(".log pre").first()).containsText("\"document\"");
        shot("audit");
        page.navigate(base + "privacy");
        assertThat(page.locator("tbody")).containsText("no bound");
        shot("privacy");
    }

    @Test
    void withoutJavaScriptTheFiguresStandInTables() {
        BrowserContext plain = browsers.browser.newContext(new Browser.NewContextOptions().setJavaScriptEnabled(false));
        Page still = plain.newPage();
        still.navigate(base + "jobs/" + first);
        assertThat(still.locator("figure table").first()).isVisible();
        assertThat(still.locator("figure tbody tr").first()).containsText("%");
        plain.close();
    }

    @Test
    void everyPageFitsAPhoneAndTheDarkTheme() {
        BrowserContext phone = browsers.browser.newContext(
                new Browser.NewContextOptions().setViewportSize(390, 844).setColorScheme(ColorScheme.DARK));
        Page small = phone.newPage();
        for (String path : List.of("", "jobs/" + first, "compare", "new", "agents", "adapters", "audit", "privacy")) {
            small.navigate(base + path);
            int width = ((Number) small.evaluate("document.documentElement.scrollWidth")).intValue();
            assertThat(width).as("width of /" + path).isLessThanOrEqualTo(390);
            if (path.startsWith("jobs/")) {
                small.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("phone.png")));
            }
        }
        phone.close();
    }

    private static LocatorAssertions.HasCountOptions within() {
        return new LocatorAssertions.HasCountOptions().setTimeout(MINUTE);
    }

    private void shot(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
    }
}
