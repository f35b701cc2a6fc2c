package dev.tributary.cli.local;

import dev.tributary.cli.Terminal;
import dev.tributary.cli.report.Report;
import dev.tributary.cli.report.ReportJson;
import dev.tributary.cli.report.RoundTable;
import java.io.PrintStream;
import java.nio.file.Path;

/** Says what came of a job. */
public final class ResultPrinter {

    private ResultPrinter() {}

    /** @param json report.json alone instead of the table */
    public static void print(Report report, Path out, boolean json, Terminal terminal) {
        PrintStream to = terminal.out();
        if (json) {
            to.print(ReportJson.write(report));
            return;
        }
        to.println();
        RoundTable.lines(report).forEach(to::println);
        to.println();
        to.println("adapter  " + out.resolve(ResultFiles.ADAPTER) + " (PEFT), SHA-256 " + report.adapterSha256());
        to.println("report   " + out.resolve("report.html") + ", " + out.resolve("report.json"));
    }
}
