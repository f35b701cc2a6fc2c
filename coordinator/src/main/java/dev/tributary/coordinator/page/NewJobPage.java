package dev.tributary.coordinator.page;

import dev.tributary.coordinator.view.AgentView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.PreviewService;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** A job written by form or as YAML, checked while it is written. */
@Controller
class NewJobPage {

    private final JobViews views;
    private final PreviewService previews;

    NewJobPage(JobViews views, PreviewService previews) {
        this.views = views;
        this.previews = previews;
    }

    @GetMapping("/new")
    String form(
            @RequestParam(name = "from", required = false) @org.jspecify.annotations.Nullable String from,
            Model model) {
        List<AgentView> agents = views.agents();
        List<String> models = agents.stream()
                .flatMap(a -> a.models().stream())
                .map(AgentView.Model::name)
                .distinct()
                .sorted()
                .toList();
        List<String> datasets = agents.stream()
                .flatMap(a -> a.datasets().stream())
                .map(d -> d.name())
                .distinct()
                .sorted()
                .toList();
        String document = from == null
                ? template(models, datasets)
                : views.state(from).map(s -> s.document()).orElseThrow(() -> NotFound.job(from));
        model.addAttribute("models", models);
        model.addAttribute("datasets", datasets);
        model.addAttribute("document", document);
        model.addAttribute("groups", JobForm.groups());
        model.addAttribute("preview", previews.preview(document));
        return "new";
    }

    /** What the document in the editor would do. */
    @PostMapping("/new/check")
    String check(@RequestParam String document, Model model) {
        model.addAttribute("preview", previews.preview(document));
        return "new :: preview";
    }

    private static String template(List<String> models, List<String> datasets) {
        return """
                name: my-job
                base-model: %s
                task: {type: sequence-classification, labels: [negative, positive], dataset: %s, max-length: 128}
                adapter: {type: lora, rank: 8, alpha: 16, target-modules: [query, value]}
                training: {epochs: 1, batch-size: 16, learning-rate: 1e-3}
                aggregation: {method: fedex}
                rounds: 5
                cohort: {fraction: 1.0, quorum: 2, deadline: 10m}
                seed: 7
                """.formatted(
                        models.isEmpty() ? "minilm" : models.get(0), datasets.isEmpty() ? "reviews" : datasets.get(0));
    }
}
