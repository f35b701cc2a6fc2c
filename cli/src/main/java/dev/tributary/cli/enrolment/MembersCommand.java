package dev.tributary.cli.enrolment;

import dev.tributary.cli.Json;
import dev.tributary.cli.Terminal;
import dev.tributary.cli.job.CoordinatorOption;
import dev.tributary.cli.report.TextTable;
import dev.tributary.coordinator.enrolment.EnrolmentView;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tributary enrolment list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists enrolled and revoked agents, and tokens that were not used yet.")
final class MembersCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private CoordinatorOption coordinator;

    MembersCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        EnrolmentView view = coordinator.client().enrolments();
        if (json) {
            terminal.out().println(Json.write(view));
            return 0;
        }
        TextTable table = new TextTable(List.of("agent", "standing", "until"));
        view.members()
                .forEach(member -> table.row(List.of(
                        member.agent(),
                        member.isActive() ? "enrolled" : "revoked",
                        (member.revoked() == null ? member.expires() : member.revoked()).toString())));
        view.tokens()
                .forEach(token -> table.row(List.of(
                        token.agent(), "token " + token.id(), token.expires().toString())));
        table.lines().forEach(terminal.out()::println);
        if (!view.required()) {
            terminal.err()
                    .println("Agents that are not enrolled are admitted too: tributary.enrolment.required is off.");
        }
        return 0;
    }
}
