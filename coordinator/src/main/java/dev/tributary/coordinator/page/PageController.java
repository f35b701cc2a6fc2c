package dev.tributary.coordinator.page;

import dev.tributary.coordinator.view.ExportService;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.RoundView;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.server.ResponseStatusException;

/** The page: what runs, who takes part, and each job round by round. */
@Controller
class PageController {

    private final JobViews views;
    private final ExportService export;

    PageController(JobViews views, ExportService export) {
        this.views = views;
        this.export = export;
    }

    @GetMapping("/")
    String overview(Model model) {
        model.addAttribute("jobs", views.jobs());
        model.addAttribute("agents", views.agents());
        model.addAttribute("words", new Words());
        return "overview";
    }

    @GetMapping("/jobs/{id}")
    String job(@PathVariable String id, Model model) {
        fill(id, model);
        return "job";
    }

    /** The part of a job's page that changes while it runs. */
    @GetMapping("/jobs/{id}/live")
    String live(@PathVariable String id, Model model) {
        fill(id, model);
        return "job :: live";
    }

    private void fill(String id, Model model) {
        JobView job = views.job(id)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no job '" + id + "'"));
        List<RoundView> rounds = views.rounds(id);
        List<String> sites = rounds.stream()
                .flatMap(r -> r.cohort().stream())
                .distinct()
                .sorted()
                .toList();
        model.addAttribute("job", job);
        model.addAttribute("rounds", rounds);
        model.addAttribute("sites", sites);
        model.addAttribute("metric", metric(rounds));
        model.addAttribute("chart", MetricChart.svg(rounds, sites, metric(rounds)));
        model.addAttribute("progress", views.progress(id));
        model.addAttribute("downloadable", export.version(id).isPresent());
        model.addAttribute("words", new Words());
    }

    private static String metric(List<RoundView> rounds) {
        boolean language = rounds.stream().anyMatch(r -> r.metrics().mean().containsKey("perplexity"));
        return language ? "perplexity" : "accuracy";
    }
}
