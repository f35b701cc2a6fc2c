package dev.tributary.coordinator.view;

import dev.tributary.coordinator.job.Answer;
import dev.tributary.coordinator.job.Attempt;
import dev.tributary.coordinator.job.EvaluationState;
import dev.tributary.coordinator.job.JobState;
import dev.tributary.coordinator.job.JobStatus;
import dev.tributary.coordinator.job.Round;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.DatasetDescriptor;
import dev.tributary.privacy.accountant.PrivacyEvent;
import dev.tributary.privacy.accountant.PrivacyLoss;
import dev.tributary.privacy.dp.ClientRelease;
import dev.tributary.privacy.dp.ExampleRelease;
import dev.tributary.privacy.dp.NoisyFigures;
import dev.tributary.privacy.dp.PrivacyTerms;
import dev.tributary.privacy.dp.PrivacyTermsReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes privacy reports from a job's log: events are added up again, by both accountants. */
final class PrivacyReports {

    private final JobState state;
    private final Map<AgentId, AgentProfile> agents;
    private final Map<List<PrivacyEvent>, PrivacyReport.Loss> known = new HashMap<>();

    private PrivacyReports(JobState state, Map<AgentId, AgentProfile> agents) {
        this.state = state;
        this.agents = agents;
    }

    static PrivacyReport of(JobState state, Map<AgentId, AgentProfile> agents) {
        return new PrivacyReports(state, agents).report();
    }

    private PrivacyReport report() {
        boolean on = state.job().privacy().isOn();
        boolean clients = state.job().privacy().unit().equals("client");
        return new PrivacyReport(
                state.id().value(),
                JobView.lower(state.status()),
                state.job().privacy().unit(),
                state.job().privacy().terms(),
                !on ? List.of() : clients ? coordinator() : sites(terms()),
                !on ? PrivacyStatements.WITHOUT : clients ? PrivacyStatements.CENTRAL : PrivacyStatements.WITH_NOISE,
                !on
                        ? List.of("everything: this job makes no privacy claim")
                        : clients ? PrivacyStatements.NOT_COVERED_CENTRAL : PrivacyStatements.NOT_COVERED,
                clients ? "none: no audit is carried out for whole clients" : audit(on));
    }

    private PrivacyTerms terms() {
        return PrivacyTermsReader.read(state.job().privacy());
    }

    /** The one place where noise is added for whole clients; its ledger charges a repeated aggregation again. */
    private List<PrivacyReport.Site> coordinator() {
        PrivacyTerms terms = terms();
        int asked = attempts().stream()
                .mapToInt(attempt -> attempt.members().size())
                .max()
                .orElse(1);
        ClientRelease release = ClientRelease.plan(terms, state.job().rounds(), asked);
        int released = (int) state.publications()
                .filter(publication -> Double.isFinite(publication.diagnostics().epsilon()))
                .count();
        Double charged = state.publications()
                .map(publication -> publication.diagnostics().epsilon())
                .filter(Double::isFinite)
                .max(Double::compare)
                .orElse(null);
        return List.of(new PrivacyReport.Site(
                "coordinator",
                released,
                released,
                release.multiplier(),
                loss(release.event(asked), released, terms),
                loss(release.event(asked), 0, terms),
                charged));
    }

    private String audit(boolean on) {
        if (!on) {
            return "none";
        }
        if (state.status() == JobStatus.PRIVACY_ALARM) {
            return "ALARM, nothing is released: " + state.reason();
        }
        String canaries = state.job().privacy().terms().containsKey("canaries")
                ? "; " + state.job().privacy().terms().get("canaries")
                        + " canaries at every site in every training: no alarm"
                : "";
        return state.status() == JobStatus.COMPLETED
                ? "loss-threshold membership inference at every site on the last round's adapter: no alarm" + canaries
                        + "; the figures stay at the sites"
                : "membership inference not run: the job did not reach its last round" + canaries;
    }

    private List<PrivacyReport.Site> sites(PrivacyTerms terms) {
        SortedSet<AgentId> asked = new TreeSet<>();
        attempts().forEach(attempt -> asked.addAll(attempt.members().keySet()));
        List<PrivacyReport.Site> sites = new ArrayList<>();
        for (AgentId agent : asked) {
            sites.add(site(terms, agent));
        }
        return sites;
    }

    private PrivacyReport.Site site(PrivacyTerms terms, AgentId agent) {
        int rounds = (int) attempts().stream()
                .filter(attempt -> attempt.members().containsKey(agent))
                .filter(attempt -> !refused(attempt.answers().get(agent)))
                .count();
        int planned = state.job().rounds();
        ExampleRelease release = ExampleRelease.plan(terms, state.job().training(), planned, examples(terms, agent));
        int evaluations = (int) state.rounds().values().stream()
                .map(Round::evaluation)
                .filter(evaluation -> evaluation != null && measured(evaluation, agent))
                .count();
        PrivacyEvent figures = NoisyFigures.plan(terms, planned).event();
        return new PrivacyReport.Site(
                agent.value(),
                rounds,
                rounds * release.steps(),
                release.multiplier(),
                loss(release.event(), rounds, terms),
                loss(figures, evaluations, terms),
                ledgerEpsilon(agent));
    }

    private static boolean measured(EvaluationState evaluation, AgentId agent) {
        return evaluation.plans().containsKey(agent);
    }

    private static boolean refused(@Nullable Answer answer) {
        return answer != null && answer.kind() == Answer.Kind.REFUSED;
    }

    private int examples(PrivacyTerms terms, AgentId agent) {
        long told = Optional.ofNullable(agents.get(agent))
                .flatMap(profile -> profile.dataset(state.job().task().dataset()))
                .map(DatasetDescriptor::trainExamples)
                .orElse(-1L);
        long least = terms.sampling() instanceof PrivacyTerms.FixedSize fixed ? fixed.sample() : 1;
        return (int) Math.min(Integer.MAX_VALUE, Math.max(told, least));
    }

    private PrivacyReport.Loss loss(PrivacyEvent event, int times, PrivacyTerms terms) {
        double delta = terms.budget().delta();
        List<PrivacyEvent> events = times == 0 ? List.of() : List.of(event.withCount(event.count() * times));
        return known.computeIfAbsent(events, added -> {
            PrivacyLoss loss = PrivacyLoss.of(added, delta);
            return new PrivacyReport.Loss(
                    loss.rdpEpsilon(),
                    delta,
                    "rdp",
                    loss.rdpEpsilon(),
                    loss.pldEpsilon().isPresent() ? loss.pldEpsilon().getAsDouble() : null);
        });
    }

    private @Nullable Double ledgerEpsilon(AgentId agent) {
        return attempts().stream()
                .flatMap(attempt -> Optional.ofNullable(attempt.answers().get(agent)).stream())
                .map(Answer::update)
                .filter(update -> update != null)
                .map(update -> update.training().get("epsilon"))
                .filter(Double::isFinite)
                .max(Double::compare)
                .orElse(null);
    }

    private List<Attempt> attempts() {
        return new TreeMap<>(state.rounds())
                .values().stream().flatMap(round -> round.attempts().stream()).toList();
    }
}
