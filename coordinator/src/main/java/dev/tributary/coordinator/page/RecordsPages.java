package dev.tributary.coordinator.page;

import dev.tributary.coordinator.enrolment.EnrolmentOffice;
import dev.tributary.coordinator.enrolment.EnrolmentView;
import dev.tributary.coordinator.enrolment.Member;
import dev.tributary.coordinator.view.AgentView;
import dev.tributary.coordinator.view.JobView;
import dev.tributary.coordinator.view.JobViews;
import dev.tributary.coordinator.view.LogView;
import dev.tributary.coordinator.view.RoundView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Pages that show what is known: agents, the log, privacy. */
@Controller
class RecordsPages {
    private static final int PAGE = 100;

    private final JobViews views;
    private final LogView log;
    private final EnrolmentOffice office;

    RecordsPages(JobViews views, LogView log, EnrolmentOffice office) {
        this.views = views;
        this.log = log;
        this.office = office;
    }

    /** An answer of an agent that did not count. */
    record Refusal(String job, int round, String reason, String message) {}

    @GetMapping("/agents")
    String agents(Model model) {
        List<AgentView> agents = views.agents();
        Map<String, String> keys = new LinkedHashMap<>();
        Map<String, List<Refusal>> refusals = new LinkedHashMap<>();
        agents.forEach(agent -> {
            keys.put(agent.id(), views.key(agent.id()));
            refusals.put(agent.id(), new ArrayList<>());
        });
        for (JobView job : views.jobs()) {
            for (RoundView round : views.rounds(job.id())) {
                round.rejected()
                        .forEach(r -> refusals.computeIfAbsent(r.agent(), a -> new ArrayList<>())
                                .add(new Refusal(job.id(), round.round(), r.reason(), r.message())));
            }
        }
        EnrolmentView enrolment = office.view();
        Map<String, Member> members = new LinkedHashMap<>();
        enrolment.members().forEach(member -> members.put(member.agent(), member));
        model.addAttribute("enrolment", enrolment);
        model.addAttribute("members", members);
        model.addAttribute("agents", agents);
        model.addAttribute("keys", keys);
        model.addAttribute("refusals", refusals);
        return "agents";
    }

    @GetMapping("/audit")
    String audit(
            @RequestParam(defaultValue = "_federation") String stream,
            @RequestParam(defaultValue = "0") long after,
            Model model) {
        List<String> streams = log.streams();
        if (!streams.isEmpty() && !streams.contains(stream)) {
            throw NotFound.job(stream);
        }
        List<LogView.Line> lines = log.events(stream, after, PAGE);
        model.addAttribute("streams", streams);
        model.addAttribute("stream", stream);
        model.addAttribute("after", after);
        model.addAttribute("lines", lines);
        model.addAttribute("next", lines.size() == PAGE ? lines.get(PAGE - 1).seq() : -1L);
        model.addAttribute("broken", log.verify(stream));
        return "audit";
    }

    /** @param rounds published ones; {@code spent} and {@code budget} are null without accounting */
    record Spent(
            JobView job,
            String unit,
            int rounds,
            @Nullable Double spent,
            @Nullable Double budget,
            int agents,
            long bytesUp) {}

    @GetMapping("/privacy")
    String privacy(Model model) {
        model.addAttribute(
                "jobs",
                views.jobs().stream()
                        .map(job -> {
                            List<RoundView> rounds = views.rounds(job.id());
                            Epsilons epsilons = Epsilons.of(views, job.id(), rounds);
                            long agents = rounds.stream()
                                    .flatMap(r -> r.cohort().stream())
                                    .distinct()
                                    .count();
                            return new Spent(
                                    job,
                                    epsilons.unit(),
                                    job.published(),
                                    epsilons.spent(),
                                    epsilons.budget(),
                                    (int) agents,
                                    rounds.stream()
                                            .mapToLong(RoundView::bytesUp)
                                            .sum());
                        })
                        .toList());
        return "privacy";
    }

    /** Unit, relation, budget, who sees what, and what is left out, for one job. */
    @GetMapping("/jobs/{id}/privacy")
    String privacy(@PathVariable String id, Model model) {
        model.addAttribute("report", views.privacy(id).orElseThrow(() -> NotFound.job(id)));
        return "job-privacy";
    }
}
