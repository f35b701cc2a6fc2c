package dev.tributary.coordinator.page;

import dev.tributary.coordinator.view.ExportService;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.RoundView;
import dev.tributary.coordinator.view.Timeline;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** A job round by round. */
@Controller
class JobPage {
    private static final String ACTION = "/api/v1/jobs/{id}/";

    private final JobViews views;
    private final ExportService export;

    /** What REST offers to do with a job; a button for anything else would lead nowhere. */
    private final Set<String> actions;

    JobPage(
            JobViews views,
            ExportService export,
            @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping mappings) {
        this.views = views;
        this.export = export;
        this.actions = mappings.getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternValues().stream())
                .filter(pattern -> pattern.startsWith(ACTION))
                .map(pattern -> pattern.substring(ACTION.length()))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** @param until last round of the timeline; 0 is the newest */
    @GetMapping("/jobs/{id}")
    String job(@PathVariable String id, @RequestParam(defaultValue = "0") int until, Model model) {
        fill(id, until, model);
        return "job";
    }

    /** The part of a job's page that changes while it runs. */
    @GetMapping("/jobs/{id}/live")
    String live(@PathVariable String id, @RequestParam(defaultValue = "0") int until, Model model) {
        fill(id, until, model);
        return "job :: live";
    }

    private void fill(String id, int until, Model model) {
        JobView job = views.job(id).orElseThrow(() -> NotFound.job(id));
        List<RoundView> rounds = views.rounds(id);
        List<String> sites = rounds.stream()
                .flatMap(r -> r.cohort().stream())
                .distinct()
                .sorted()
                .toList();
        Epsilons epsilons = Epsilons.of(views, id, rounds);
        model.addAttribute("job", job);
        model.addAttribute("spent", epsilons.spent());
        model.addAttribute("budget", epsilons.budget());
        model.addAttribute("actions", actions);
        model.addAttribute("rounds", rounds);
        model.addAttribute("sites", sites);
        model.addAttribute("metric", JobCharts.metric(rounds));
        model.addAttribute("charts", JobCharts.of(rounds, sites));
        model.addAttribute("until", until);
        model.addAttribute("timeline", Timeline.of(rounds, views.progress(id), until));
        model.addAttribute("document", views.state(id).map(s -> s.document()).orElse(""));
        model.addAttribute(
                "bytesUp", rounds.stream().mapToLong(RoundView::bytesUp).sum());
        model.addAttribute(
                "bytesDown", rounds.stream().mapToLong(RoundView::bytesDown).sum());
        model.addAttribute("downloadable", export.version(id).isPresent());
    }
}
