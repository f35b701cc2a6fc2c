package dev.tributary.coordinator.page;

import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.RoundView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Two to six jobs on one chart. */
@Controller
class ComparePage {
    private static final int MOST = 6;

    private final JobViews views;

    ComparePage(JobViews views) {
        this.views = views;
    }

    /** What a job came to. */
    record Line(JobView job, RoundView last, long bytesUp) {}

    @GetMapping("/compare")
    String compare(@RequestParam(name = "job", defaultValue = "") List<String> ids, Model model) {
        Map<JobView, List<RoundView>> chosen = new LinkedHashMap<>();
        ids.stream()
                .distinct()
                .limit(MOST)
                .forEach(id -> chosen.put(views.job(id).orElseThrow(() -> NotFound.job(id)), views.rounds(id)));
        model.addAttribute("jobs", views.jobs());
        model.addAttribute("chosen", chosen.keySet().stream().map(JobView::id).toList());
        model.addAttribute("charts", chosen.isEmpty() ? List.of() : JobCharts.compare(chosen));
        model.addAttribute(
                "metric",
                chosen.values().stream().map(JobCharts::metric).findFirst().orElse("accuracy"));
        model.addAttribute(
                "lines",
                chosen.entrySet().stream()
                        .filter(e -> !e.getValue().isEmpty())
                        .map(e -> new Line(
                                e.getKey(),
                                newest(e.getValue()),
                                e.getValue().stream()
                                        .mapToLong(RoundView::bytesUp)
                                        .sum()))
                        .toList());
        return "compare";
    }

    private static RoundView newest(List<RoundView> rounds) {
        return rounds.stream()
                .filter(r -> !r.metrics().mean().isEmpty())
                .reduce((a, b) -> b)
                .orElse(rounds.get(rounds.size() - 1));
    }
}
