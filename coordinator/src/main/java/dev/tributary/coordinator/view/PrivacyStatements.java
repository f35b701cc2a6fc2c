package dev.tributary.coordinator.view;

import java.util.List;

/** Who sees what, in words. */
final class PrivacyStatements {
    private PrivacyStatements() {}

    static final List<PrivacyReport.Adversary> WITH_NOISE = List.of(
            new PrivacyReport.Adversary(
                    "coordinator",
                    "every site's update after clipping and noise, the epsilon it has spent, two noisy figures of its"
                            + " held-out examples, the number of examples it declares, and when it answers"),
            new PrivacyReport.Adversary("broker operator", "the same: messages are signed, not yet encrypted"),
            new PrivacyReport.Adversary("other sites", "the published adapters: sums of noised updates"),
            new PrivacyReport.Adversary("recipients of the adapter", "the released adapter and this report"),
            new PrivacyReport.Adversary("the site itself", "its own data, ledger and audit"));

    static final List<PrivacyReport.Adversary> CENTRAL = List.of(
            new PrivacyReport.Adversary(
                    "coordinator",
                    "every site's clipped update without noise, its figures of held-out examples, and when it answers: it"
                            + " is trusted, and adds the noise to the sum"),
            new PrivacyReport.Adversary("broker operator", "the same: messages are signed, not yet encrypted"),
            new PrivacyReport.Adversary("other sites", "the published adapters: noised means of all sites' changes"),
            new PrivacyReport.Adversary("recipients of the adapter", "the released adapter and this report"),
            new PrivacyReport.Adversary("the site itself", "its own data"));

    static final List<String> NOT_COVERED_CENTRAL = List.of(
            "figures of held-out examples that sites report and the coordinator shows: they carry no noise",
            "who takes part, how long work takes, and that a site fails or refuses",
            "the coordinator and the operator of the broker, who see updates before the noise",
            "one person's data at several sites: such a person pays for each");

    static final List<PrivacyReport.Adversary> WITHOUT = List.of(
            new PrivacyReport.Adversary(
                    "coordinator", "every site's update, loss, figures and number of examples, without noise"),
            new PrivacyReport.Adversary("broker operator", "the same: messages are signed, not yet encrypted"),
            new PrivacyReport.Adversary("other sites", "the published adapters"),
            new PrivacyReport.Adversary("recipients of the adapter", "the released adapter"));

    static final List<String> NOT_COVERED = List.of(
            "the number of examples of each site",
            "how long work takes, and that a site fails, refuses or raises the audit's alarm",
            "rounding inside the floating-point sum of one step, and its dependence on which examples share a batch",
            "one person's several examples, or data at several sites: such a person pays the sum");
}
