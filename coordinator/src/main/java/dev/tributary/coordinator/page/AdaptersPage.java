package dev.tributary.coordinator.page;

import dev.tributary.coordinator.registry.AdapterRegistry;
import dev.tributary.coordinator.registry.RegisteredAdapter;
import dev.tributary.coordinator.view.AdapterView;
import dev.tributary.coordinator.view.ExportService;
import dev.tributary.coordinator.view.JobViews;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** Names that stand for an adapter, and everything that jobs have published. */
@Controller
class AdaptersPage {

    private final JobViews views;
    private final ExportService export;
    private final AdapterRegistry registry;

    AdaptersPage(JobViews views, ExportService export, AdapterRegistry registry) {
        this.views = views;
        this.export = export;
        this.registry = registry;
    }

    /**
     * A published adapter as the page lists it.
     *
     * @param kept whether it can still be fetched and promoted
     * @param names that stand for it
     * @param proposed name to promote it as
     */
    record Row(AdapterView adapter, boolean kept, Set<String> names, String proposed) {}

    @GetMapping("/adapters")
    String adapters(Model model) {
        List<RegisteredAdapter> registered = registry.all();
        Map<String, Set<String>> names = new TreeMap<>();
        registered.forEach(each -> {
            if (each.current() != null) {
                names.computeIfAbsent(key(each.current().job(), each.current().version()), k -> new TreeSet<>())
                        .add(each.name());
            }
        });
        model.addAttribute("registered", registered);
        model.addAttribute(
                "adapters",
                views.adapters().stream()
                        .map(a -> new Row(
                                a,
                                isReleased(a.job()) && export.isKept(a.job(), a.version()),
                                names.getOrDefault(key(a.job(), a.version()), Set.of()),
                                AdapterRegistry.nameFor(a.jobName())))
                        .toList());
        return "adapters";
    }

    private boolean isReleased(String job) {
        return views.job(job).filter(j -> !j.status().equals("privacy-alarm")).isPresent();
    }

    private static String key(String job, int version) {
        return job + " " + version;
    }
}
