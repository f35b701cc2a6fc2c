package dev.tributary.coordinator.page;

import dev.tributary.coordinator.round.Obstacles.Obstacle;
import dev.tributary.coordinator.view.AgentView;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** What runs, who takes part, and what needs somebody's attention. */
@Controller
class OverviewPage {

    /** @param link where to look */
    record Alarm(String text, String link) {}

    private final JobViews views;

    OverviewPage(JobViews views) {
        this.views = views;
    }

    @GetMapping("/")
    String overview(Model model) {
        fill(model);
        return "overview";
    }

    /** The part that changes. */
    @GetMapping("/overview/live")
    String live(Model model) {
        fill(model);
        return "overview :: live";
    }

    private void fill(Model model) {
        List<JobView> jobs = views.jobs();
        List<AgentView> agents = views.agents();
        model.addAttribute("jobs", jobs);
        model.addAttribute("agents", agents);
        model.addAttribute("running", jobs.stream().filter(JobView::isRunning).count());
        model.addAttribute(
                "completed",
                jobs.stream().filter(j -> j.status().equals("completed")).count());
        model.addAttribute("online", agents.stream().filter(AgentView::live).count());
        model.addAttribute("alarms", alarms(views.obstacles(), jobs, agents));
    }

    private static List<Alarm> alarms(List<Obstacle> obstacles, List<JobView> jobs, List<AgentView> agents) {
        List<Alarm> alarms = new ArrayList<>();
        obstacles.forEach(o -> {
            boolean ofOneJob = jobs.stream().anyMatch(job -> job.id().equals(o.kind()));
            alarms.add(new Alarm("Waiting: " + o.reason(), ofOneJob ? "/jobs/" + o.kind() : "/"));
        });
        jobs.stream()
                .filter(job -> job.status().equals("failed"))
                .limit(3)
                .forEach(job ->
                        alarms.add(new Alarm("Job " + job.id() + " failed: " + job.reason(), "/jobs/" + job.id())));
        List<String> away =
                agents.stream().filter(a -> !a.live()).map(AgentView::id).toList();
        if (!away.isEmpty()) {
            alarms.add(new Alarm(
                    (away.size() == 1 ? "Agent " : away.size() + " agents ")
                            + String.join(", ", away.stream().limit(5).toList())
                            + (away.size() == 1 ? " is away" : " are away"),
                    "/agents"));
        }
        return alarms;
    }
}
